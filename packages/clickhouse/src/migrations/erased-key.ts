import type { HashedTable } from './hash-forms.ts';

/** Tables whose rows name a person, by what of a row names one (texts as `erasedKeyOf` has them), and when it was. */
const named = {
  touchpoints: {
    texts: `arrayConcat([concat('event:', event_id)], arrayFlatten(arrayMap(party -> [concat('contact:', party.contact_id), concat('email:', party.email), concat('phone:', party.phone), concat('handle:', party.handle)], parties)))`,
    instant: 'least(occurred_at, appended_at)',
  },
  signals: {
    texts: `[concat('contact:', contact_id), concat('event:', event_id)]`,
    instant: 'least(occurred_at, appended_at)',
  },
  alerts: { texts: `[concat('contact:', subject_fields['contactId'])]`, instant: 'least(at, appended_at)' },
  actions: { texts: `[concat('contact:', subject_fields['contactId'])]`, instant: 'least(at, appended_at)' },
  dead_letters: { texts: `[concat('dead-letter:', dead_letter_id)]`, instant: 'least(at, appended_at)' },
  directory: { texts: `[if(kind = 'contact', concat('contact:', id), '')]`, instant: 'appended_at' },
} as const satisfies Partial<Record<HashedTable, { readonly texts: string; readonly instant: string }>>;

/** A table whose rows name a person by themselves. */
export type NamingTable = keyof typeof named;

export const namingTables = Object.keys(named) as readonly NamingTable[];

/**
 * SQL expression of the key by which a row belongs to an erased person, empty if it does not: SHA-256, in hexadecimal, of
 * the first text that names one who was erased after the row's instant. It reads the dictionary `erased`; intake tables
 * compute it at the insert, and anyone can again from the stored row.
 */
export function erasedKey(table: NamingTable): string {
  const { texts, instant } = named[table];
  return (
    `arrayFirst(key -> dictGetOrDefault('resonant.erased', 'erased_at', key, toDateTime64(0, 3, 'UTC')) > ${instant}, ` +
    `arrayMap(text -> lower(hex(SHA256(text))), arrayFilter(text -> notEmpty(text) AND NOT endsWith(text, ':'), ${texts})))`
  );
}
