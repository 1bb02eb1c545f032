import type { Party } from '@resonant/contracts';
import type { z } from 'zod';
import type { partyField } from './fields.ts';

/** A party with every hint that was left out as null. */
export const partyOf = (given: Partial<Readonly<z.output<typeof partyField>>>): Party => ({
  role: given.role ?? 'other',
  speaker: given.speaker ?? null,
  repId: given.repId ?? null,
  contactId: given.contactId ?? null,
  accountId: given.accountId ?? null,
  email: given.email ?? null,
  phone: given.phone ?? null,
  handle: given.handle ?? null,
  name: given.name?.toWellFormed() ?? null,
});
