import type { Party } from '@resonant/contracts';
import type { AddressObject, EmailAddress } from 'mailparser';
import { partyOf } from '../party.ts';
import { withoutComments } from './date.ts';

/** What is looked at of a header that is out of form: patterns on more of it could take long. */
const maxHeaderLength = 1000;

/** Parties of an address header, groups opened. An entry without an address keeps its name. */
export const partiesOf = (headers: AddressObject | readonly AddressObject[] | undefined): readonly Party[] =>
  (headers === undefined ? [] : [headers].flat()).flatMap(({ value }) => value.flatMap(partiesOfEntry));

function partiesOfEntry(entry: EmailAddress): readonly Party[] {
  if (entry.group !== undefined) return entry.group.flatMap(partiesOfEntry);
  const email = emailOf(entry.address ?? '') ?? emailOf(entry.name);
  const name = entry.name.trim() === '' ? null : entry.name.trim().slice(0, 1000);
  return email === null && name === null ? [] : [partyOf({ email, name })];
}

/** The first address in raw header text that the parser could make nothing of, e.g. with comments and spaces inside. */
export function addressIn(raw: string): Party | undefined {
  const bare = withoutComments(raw.slice(0, maxHeaderLength)).replaceAll(/\s*([.@<>])\s*/g, '$1');
  const email = emailOf(/[^\s<>,;:"]+@[^\s<>,;:"]+/.exec(bare)?.[0] ?? '');
  if (email === null) return undefined;
  const name = bare
    .slice(0, Math.max(0, bare.indexOf('<')))
    .replaceAll('"', '')
    .trim();
  return partyOf({ email, name: name === '' ? null : name });
}

const emailOf = (text: string): string | null => {
  const email = text.trim().toLowerCase();
  return /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 320 ? email : null;
};

/** True if there are comments or white space inside the brackets of an address: the parser misreads these. */
export const isObsoleteAddress = (raw: string): boolean => /<[^<>]*[\s(]/.test(raw.slice(0, maxHeaderLength));

/** Message ids in a header, without brackets and the white space that folding or obsolete forms put inside. */
export function messageIdsIn(raw: string): readonly string[] {
  const bracketed = [...raw.matchAll(/<([^<>]+)>/g)].map((match) => match[1] ?? '');
  const ids = bracketed.length > 0 ? bracketed : raw.split(/[\s,]+/);
  return ids
    .map((id) => withoutComments(id).replaceAll(/[\s\p{Cc}]/gu, ''))
    .filter((id) => id !== '' && id.length < 999);
}
