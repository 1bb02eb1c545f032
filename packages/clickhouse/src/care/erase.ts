import { createHash } from 'node:crypto';
import { ResonantError } from '@resonant/contracts';
import type { ClickHouse } from '../client/connect.ts';
import type { HashedTable } from '../migrations/hash-forms.ts';
import type { EngineFamily } from '../migrations/render.ts';
import { type ErasureRecord, insertsEnded, keysAtOnce, rememberErased } from './erased-keys.ts';
import { eraseOrder, removeByKey, removeErased } from './remove-erased.ts';

/** Whom to erase, why, and who says so. */
export interface Erasure {
  readonly erasureId: string;
  readonly contactId: string;
  readonly reason: string;
  readonly by: string;
  /** Epoch ms: what happened or was appended before is erased. */
  readonly at: number;
}

export interface EraseOptions {
  /** What the tables run on. */
  readonly family: EngineFamily;
  /** Writes a part of the erasure where it outlasts ClickHouse; resolves once it is durable. */
  readonly publish: (record: ErasureRecord) => Promise<void>;
}

/** What an erasure found, or would find: rows by table. */
export type Erased = Readonly<Record<string, number>>;

/** What somebody else in the directory has or had: a switchboard, a shared mailbox, an address of a rep. It names nobody. */
const shared = `(
    SELECT groupUniqArrayArray(arrayConcat(emails, phones, handles))
    FROM resonant.directory WHERE NOT (kind = 'contact' AND id = {contact:String}))`;

/** Every e-mail address, phone number and handle that the directory ever gave the contact, and nobody else. */
const identities = `
  SELECT arrayFilter(identity -> notEmpty(identity) AND NOT has(${shared}, identity),
    groupUniqArrayArray(arrayConcat(emails, phones, handles))) AS identities
  FROM resonant.directory WHERE kind = 'contact' AND id = {contact:String}`;

const isTheirs = `arrayExists(party -> party.contact_id = {contact:String}
  OR (notEmpty(party.email) AND has(identities, party.email))
  OR (notEmpty(party.phone) AND has(identities, party.phone))
  OR (notEmpty(party.handle) AND has(identities, party.handle)), parties)`;

const theirTouchpoints = `
  WITH (${identities}) AS identities
  SELECT topic, partition, epoch, offset FROM resonant.touchpoints WHERE ${isTheirs}`;

const theirSignals = `keyspace, partition, epoch, offset FROM resonant.signals
  WHERE contact_id = {contact:String}
    OR (notEmpty(event_id) AND event_id GLOBAL IN (
      WITH (${identities}) AS identities SELECT event_id FROM resonant.touchpoints WHERE ${isTheirs}))`;

/** What a dead letter came with, as one text; two bytes mark places in it below, and so are taken out. */
const letterText = `replaceAll(lower(concat(payload, ' ', ifNull(key, ''), ' ', arrayStringConcat(mapValues(headers), ' '))), '\\x01\\x02', ' ')`;

const parted = `splitByString('\\x01\\x02', replaceAll(${letterText}, lower(identity), '\\x01\\x02'))`;

/** Whether a dead letter names an identity that is not the end or the beginning of a longer one. */
const isNamed = `arrayExists(
  (before, behind) -> NOT match(right(before, 1), '[a-z0-9._%+-]') AND NOT match(behind, '^[.]?[a-z0-9-]'),
  arrayPopBack(${parted}), arrayPopFront(${parted}))`;

/** Condition on the rows of each table that are the person's. A table that is not here holds nothing of persons. */
const conditions: Readonly<Partial<Record<HashedTable, string>>> = {
  touchpoints: `(topic, partition, epoch, offset) GLOBAL IN (${theirTouchpoints})`,
  payloads: `(topic, partition, epoch, offset) GLOBAL IN (${theirTouchpoints})`,
  signals: `(keyspace, partition, epoch, offset) GLOBAL IN (SELECT ${theirSignals})`,
  log: `(keyspace, partition, epoch, offset) GLOBAL IN (SELECT ${theirSignals})`,
  alerts: `subject_fields['contactId'] = {contact:String}`,
  actions: `subject_fields['contactId'] = {contact:String}`,
  dead_letters: `arrayExists(identity -> ${isNamed}, (${identities}))`,
  directory: `kind = 'contact' AND id = {contact:String}`,
};

/** Counts what `erase` would remove. */
export async function erasable(clickhouse: ClickHouse, contactId: string): Promise<Erased> {
  const counts: Record<string, number> = {};
  for (const table of eraseOrder) {
    const [row] = await clickhouse.query<{ n: number }>(
      `SELECT toFloat64(count()) AS n FROM resonant.${table} WHERE ${conditions[table]}`,
      { params: { contact: contactId } },
    );
    counts[table] = row?.n ?? 0;
  }
  return counts;
}

/** What names a person, as `erasedKey` reads it of a row. */
const personTexts = `
  SELECT DISTINCT text FROM (
    SELECT concat('contact:', {contact:String}) AS text
    UNION ALL
    SELECT concat(named.1, named.2) FROM (
      SELECT arrayJoin(arrayConcat(arrayMap(email -> ('email:', email), emails),
        arrayMap(phone -> ('phone:', phone), phones), arrayMap(handle -> ('handle:', handle), handles))) AS named
      FROM resonant.directory WHERE kind = 'contact' AND id = {contact:String}
    ) WHERE NOT has(${shared}, named.2)
  ) WHERE NOT endsWith(text, ':')`;

/** What the person took part in and does not name them elsewhere: signals name the touchpoint, letters name nothing. */
const contentTexts = `
  SELECT DISTINCT concat('event:', event_id) AS text FROM resonant.touchpoints WHERE ${conditions.touchpoints}
  UNION ALL
  SELECT DISTINCT concat('dead-letter:', dead_letter_id) FROM resonant.dead_letters WHERE ${conditions.dead_letters}`;

/**
 * Removes a person's rows: touchpoints and payloads that the person took part in, their signals and log records, dead
 * letters that name an address of theirs, and the contact's versions in the directory. First it is published and
 * remembered by which keys they are known, so that what is written later is left out as well; before a row goes, its
 * place, hash and the reason are written to `erasures`: the ledger keeps its hashes, so seals still hold and the gap is
 * explained. Cut off in the middle it can be run again. Rejects with `not-found` if nothing is there.
 */
export async function erase(clickhouse: ClickHouse, erasure: Erasure, options: EraseOptions): Promise<Erased> {
  const { family } = options;
  const found = await erasable(clickhouse, erasure.contactId);
  if (Object.values(found).every((count) => count === 0)) {
    throw new ResonantError('not-found', `nothing is stored about the contact ${erasure.contactId}`);
  }
  // Once no touchpoint of theirs can come any more, those that are there are all.
  const parts = await remember(clickhouse, erasure, personTexts, 0, options);
  await insertsEnded(clickhouse, family);
  await remember(clickhouse, erasure, contentTexts, parts, options);
  await insertsEnded(clickhouse, family);
  await removeByKey(clickhouse, family);
  return found;
}

/** Publishes and remembers the keys of what a query gives, from a part on. Returns the number of the next part. */
async function remember(
  clickhouse: ClickHouse,
  { erasureId, contactId, reason, by, at }: Erasure,
  texts: string,
  from: number,
  { family, publish }: EraseOptions,
): Promise<number> {
  const rows = await clickhouse.query<{ text: string }>(texts, { params: { contact: contactId } });
  const keys = rows.map(({ text }) => createHash('sha256').update(text).digest('hex'));
  let part = from;
  for (let first = 0; first < keys.length; first += keysAtOnce) {
    const some = keys.slice(first, first + keysAtOnce);
    const record = { erasureId, part: part++, reason, erasedBy: by, erasedAt: at, keys: some };
    await publish(record);
    await rememberErased(clickhouse, [record], family);
  }
  return part;
}

/**
 * Removes what stands there of persons who were erased already: what a backup has brought back, by what it says itself
 * and by the erasures that were published, and what half an insert had left.
 */
export async function eraseAgain(
  clickhouse: ClickHouse,
  published: readonly ErasureRecord[],
  family: EngineFamily,
): Promise<void> {
  await rememberErased(clickhouse, published, family);
  await removeErased(clickhouse, family);
  await removeByKey(clickhouse, family);
}
