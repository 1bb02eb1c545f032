import { type RecordName, type Records, ResonantError } from '@resonant/contracts';
import type { z } from 'zod';
import { issuesOf } from '../problems.ts';
import { type DirectoryKind, directoryShapes } from './directory.ts';
import { idField } from './fields.ts';
import { type VocabularyKind, vocabularyShapes } from './vocabulary.ts';

export type ReferenceKind = DirectoryKind | VocabularyKind;

/** What is wrong with a body, and where: a JSON Pointer such as `/owners/1/to`, empty for the body as a whole. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

type RecordNamed<N extends RecordName> = { readonly name: N; readonly key: string; readonly value: Records[N] };

/** A record of the directory or vocabulary topic with its key, `<kind>/<id>`. */
export type ReferenceRecord =
  | RecordNamed<'Account'>
  | RecordNamed<'Contact'>
  | RecordNamed<'Rep'>
  | RecordNamed<'Team'>
  | RecordNamed<'Region'>
  | RecordNamed<'TalkTrack'>
  | RecordNamed<'GlossaryEntry'>;

/** True for a kind under `/v1/directory`. */
export const isDirectoryKind = (text: string): text is DirectoryKind => Object.hasOwn(directoryShapes, text);

/** True for a kind under `/v1/vocabulary`. */
export const isVocabularyKind = (text: string): text is VocabularyKind => Object.hasOwn(vocabularyShapes, text);

/** Key of an entry in its compacted topic; a tombstone under it removes the entry. */
export const referenceKey = (kind: ReferenceKind, id: string): string => `${kind}/${id}`;

/**
 * The record of an entry, from its id and a body as `directoryShapes`/`vocabularyShapes` describe it. The body may
 * repeat the id as `id`. Throws `invalid-request` whose `extra.errors` are all problems by path.
 *
 * @example toRecord('accounts', 'acme', { name: 'Acme', owners: [{ repId: 'rep-07', from: '2026-01-01' }] })
 */
export function toRecord(kind: ReferenceKind, id: string, body: unknown): ReferenceRecord {
  const result = recordOrProblems(kind, id, body);
  if ('record' in result) return result.record;
  const { problems } = result;
  throw new ResonantError(
    'invalid-request',
    `${referenceKey(kind, id)}: ${problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')}`,
    { extra: { errors: problems } },
  );
}

/** As `toRecord`, with the problems returned instead of thrown. */
export function recordOrProblems(
  kind: ReferenceKind,
  id: string,
  body: unknown,
): { readonly record: ReferenceRecord } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  for (const issue of idField.safeParse(id).error?.issues ?? []) problems.push({ path: '/id', message: issue.message });
  const { id: repeated, ...rest } = isObject(body) ? body : { id };
  if (repeated !== undefined && repeated !== id) {
    problems.push({ path: '/id', message: `expected "${id}" as in the path, or nothing` });
  }
  const parsed = entryOf(kind, id, isObject(body) ? rest : body);
  if (!('error' in parsed) && problems.length === 0) return { record: parsed };
  if ('error' in parsed) problems.push(...issuesOf(parsed.error));
  return { problems };
}

interface Refused {
  readonly error: z.ZodError;
}

function entryOf(kind: ReferenceKind, id: string, body: unknown): ReferenceRecord | Refused {
  const key = referenceKey(kind, id);
  switch (kind) {
    case 'accounts':
      return parse(directoryShapes.accounts, body, (value) => ({
        name: 'Account',
        key,
        value: { accountId: id, ...value },
      }));
    case 'contacts':
      return parse(directoryShapes.contacts, body, (value) => ({
        name: 'Contact',
        key,
        value: { contactId: id, ...value },
      }));
    case 'reps':
      return parse(directoryShapes.reps, body, (value) => ({ name: 'Rep', key, value: { repId: id, ...value } }));
    case 'teams':
      return parse(directoryShapes.teams, body, (value) => ({ name: 'Team', key, value: { teamId: id, ...value } }));
    case 'regions':
      return parse(directoryShapes.regions, body, (value) => ({
        name: 'Region',
        key,
        value: { regionId: id, ...value },
      }));
    case 'talk-tracks':
      return parse(vocabularyShapes['talk-tracks'], body, ({ title, ...value }) => ({
        name: 'TalkTrack',
        key,
        value: { trackId: id, title: title ?? id, ...value },
      }));
    case 'glossary':
      return parse(vocabularyShapes.glossary, body, (value) => ({
        name: 'GlossaryEntry',
        key,
        value: { termId: id, ...value },
      }));
  }
}

function parse<S extends z.ZodType>(
  shape: S,
  body: unknown,
  record: (value: z.output<S>) => ReferenceRecord,
): ReferenceRecord | Refused {
  const result = shape.safeParse(body);
  return result.success ? record(result.data) : { error: result.error };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
