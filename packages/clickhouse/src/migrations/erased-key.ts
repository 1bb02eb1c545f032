import type { HashedTable } from './hash-forms.ts';

/** Tables whose rows name a person: by what of a row (pairs of what it is and its value), and when it was. */
const named = {
  touchpoints: {
    names: `arrayConcat([('event:', event_id)], arrayFlatten(arrayMap(party -> [('contact:', party.contact_id), ('email:', party.email), ('phone:', party.phone), ('handle:', party.handle)], parties)))`,
    instant: 'least(occurred_at, appended_at)',
  },
  signals: {
    names: `[('contact:', contact_id), ('event:', event_id)]`,
    instant: 'least(occurred_at, appended_at)',
  },
  alerts: { names: `[('contact:', subject_fields['contactId'])]`, instant: 'least(at, appended_at)' },
  actions: { names: `[('contact:', subject_fields['contactId'])]`, instant: 'least(at, appended_at)' },
  dead_letters: { names: `[('dead-letter:', dead_letter_id)]`, instant: 'least(at, appended_at)' },
  directory: { names: `[('contact:', if(kind = 'contact', id, ''))]`, instant: 'appended_at' },
} as const satisfies Partial<Record<HashedTable, { readonly names: string; readonly instant: string }>>;

/** A table whose rows name a person by themselves. */
export type NamingTable = keyof typeof named;

export const namingTables = Object.keys(named) as readonly NamingTable[];

/** SQL expression of when what a row tells of happened, or was appended if that was earlier. */
export const instantOf = (table: NamingTable): string => named[table].instant;

/**
 * SQL expression of the key by which a row belongs to an erased person, empty if it does not: SHA-256, in hexadecimal, of
 * the first text (such as `email:ann@acme.example`) that names one who was erased after the row's instant. It reads the
 * dictionary `erased`; intake tables compute it at the insert, and anyone can again from the stored row.
 */
export function erasedKey(table: NamingTable): string {
  const { names, instant } = named[table];
  return (
    `arrayFirst(key -> dictGetOrDefault('resonant.erased', 'erased_at', key, toDateTime64(0, 3, 'UTC')) > ${instant}, ` +
    `arrayMap(pair -> lower(hex(SHA256(concat(pair.1, pair.2)))), arrayFilter(pair -> notEmpty(pair.2), ${names})))`
  );
}
