import { instantOf, type NamingTable } from '../migrations/erased-key.ts';
import type { HashedTable } from '../migrations/hash-forms.ts';

/** Addresses as touchpoints have them: e-mail addresses and handles in lower case, numbers as E.164. */
export interface Addresses {
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly handles: readonly string[];
}

/** Whom to erase, and up to when. */
export interface Person {
  readonly contactId: string;
  /** By what the person is known besides what the directory ever gave. */
  readonly addresses?: Addresses;
  /** Epoch ms: what happened or was appended before is erased. */
  readonly at: number;
}

const none: Addresses = { emails: [], phones: [], handles: [] };

/** What the statements here are bound to. */
export const paramsOf = ({ contactId, addresses, at }: Person) => ({ contact: contactId, at, ...(addresses ?? none) });

/** What somebody else in the directory has or had: a switchboard, a shared mailbox, an address of a rep. It names nobody. */
export const shared = `(
    SELECT groupUniqArrayArray(arrayConcat(emails, phones, handles))
    FROM resonant.directory WHERE NOT (kind = 'contact' AND id = {contact:String}))`;

/** Addresses that the caller gives. */
export const given = 'arrayConcat({emails:Array(String)}, {phones:Array(String)}, {handles:Array(String)})';

const isContact = `kind = 'contact' AND id = {contact:String}`;

/** Every address that the directory ever gave the contact, or the caller, and the directory nobody else. */
const identities = `
  SELECT arrayFilter(identity -> notEmpty(identity) AND NOT has(${shared}, identity),
    arrayDistinct(arrayConcat(${given}, groupUniqArrayArray(arrayConcat(emails, phones, handles))))) AS identities
  FROM resonant.directory WHERE ${isContact}`;

const isTheirs = `arrayExists(party -> party.contact_id = {contact:String}
  OR (notEmpty(party.email) AND has(identities, party.email))
  OR (notEmpty(party.phone) AND has(identities, party.phone))
  OR (notEmpty(party.handle) AND has(identities, party.handle)), parties)`;

/** What is of the time that is erased. A declaration, as what follows is made of it. */
function isBefore(table: NamingTable): string {
  return `toUnixTimestamp64Milli(${instantOf(table)}) < {at:Int64}`;
}

const theirTouchpoints = `
  WITH (${identities}) AS identities
  SELECT topic, partition, epoch, offset FROM resonant.touchpoints WHERE ${isTheirs} AND ${isBefore('touchpoints')}`;

const theirSignals = `keyspace, partition, epoch, offset FROM resonant.signals
  WHERE ${isBefore('signals')} AND (contact_id = {contact:String}
    OR (notEmpty(event_id) AND event_id GLOBAL IN (
      WITH (${identities}) AS identities SELECT event_id FROM resonant.touchpoints
      WHERE ${isTheirs} AND ${isBefore('touchpoints')})))`;

/** What a dead letter came with, as one text; two bytes mark places in it below, and so are taken out. */
const letterText = `replaceAll(lower(concat(payload, ' ', ifNull(key, ''), ' ', arrayStringConcat(mapValues(headers), ' '))), '\\x01\\x02', ' ')`;

const parted = `splitByString('\\x01\\x02', replaceAll(${letterText}, lower(identity), '\\x01\\x02'))`;

/** Whether a dead letter names an identity that is not the end or the beginning of a longer one. */
const isNamed = `arrayExists(
  (before, behind) -> NOT match(right(before, 1), '[a-z0-9._%+-]') AND NOT match(behind, '^[.]?[a-z0-9-]'),
  arrayPopBack(${parted}), arrayPopFront(${parted}))`;

/** Condition on the rows of each table that are the person's. A table that is not here holds nothing of persons. */
export const conditions: Readonly<Partial<Record<HashedTable, string>>> = {
  touchpoints: `(topic, partition, epoch, offset) GLOBAL IN (${theirTouchpoints})`,
  payloads: `(topic, partition, epoch, offset) GLOBAL IN (${theirTouchpoints})`,
  signals: `(keyspace, partition, epoch, offset) GLOBAL IN (SELECT ${theirSignals})`,
  log: `(keyspace, partition, epoch, offset) GLOBAL IN (SELECT ${theirSignals})`,
  alerts: `subject_fields['contactId'] = {contact:String} AND ${isBefore('alerts')}`,
  actions: `subject_fields['contactId'] = {contact:String} AND ${isBefore('actions')}`,
  dead_letters: `arrayExists(identity -> ${isNamed}, (${identities})) AND ${isBefore('dead_letters')}`,
  directory: `${isContact} AND ${isBefore('directory')}`,
};

function named(emails: string, phones: string, handles: string): string {
  return `arrayConcat(arrayMap(email -> ('email:', email), ${emails}), arrayMap(phone -> ('phone:', phone), ${phones}),
      arrayMap(handle -> ('handle:', handle), ${handles}))`;
}

/** What names a person, as `erasedKey` reads it of a row. */
export const personTexts = `
  SELECT DISTINCT concat(named.1, named.2) AS text FROM (
    SELECT ('contact:', {contact:String}) AS named
    UNION ALL
    SELECT arrayJoin(${named('emails', 'phones', 'handles')}) AS named FROM resonant.directory WHERE ${isContact}
    UNION ALL
    SELECT arrayJoin(${named('{emails:Array(String)}', '{phones:Array(String)}', '{handles:Array(String)}')}) AS named
  ) WHERE notEmpty(named.2) AND (named.1 = 'contact:' OR NOT has(${shared}, named.2))`;

/** What the person took part in and does not name them elsewhere: signals name the touchpoint, letters name nothing. */
export const contentTexts = `
  SELECT DISTINCT concat('event:', event_id) AS text FROM resonant.touchpoints WHERE ${conditions.touchpoints}
  UNION ALL
  SELECT DISTINCT concat('dead-letter:', dead_letter_id) FROM resonant.dead_letters WHERE ${conditions.dead_letters}`;
