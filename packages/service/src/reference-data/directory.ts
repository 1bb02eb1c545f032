import { z } from 'zod';
import { domainField, emailField, handleField, idField, listOf, nameField, phoneField, spansOf } from './fields.ts';

const reachedBy = { emails: listOf(emailField), phones: listOf(phoneField), handles: listOf(handleField) };

/**
 * Bodies of `PUT /v1/directory/{kind}/{id}` and entries (with `id`) of directory files, by kind. Instants are ISO 8601;
 * unknown fields are refused; lists may be left out.
 */
export const directoryShapes = {
  accounts: z.strictObject({
    name: nameField,
    owners: spansOf('repId'),
    domains: listOf(domainField),
    crmIds: listOf(nameField),
  }),
  contacts: z.strictObject({ name: nameField.nullable().default(null), accounts: spansOf('accountId'), ...reachedBy }),
  reps: z.strictObject({ name: nameField, teams: spansOf('teamId'), ...reachedBy }),
  teams: z.strictObject({
    name: nameField,
    regions: spansOf('regionId'),
    supervisorId: idField.nullable().default(null),
  }),
  regions: z.strictObject({ name: nameField, directorId: idField.nullable().default(null) }),
} as const;

export type DirectoryKind = keyof typeof directoryShapes;
