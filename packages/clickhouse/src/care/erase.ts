import { ResonantError } from '@resonant/contracts';
import type { ClickHouse } from '../client/connect.ts';
import { type HashedTable, rowHash } from '../migrations/hash-forms.ts';
import type { EngineFamily } from '../migrations/render.ts';
import { type Place, placesAtOnce, removal } from '../removals.ts';

/** Whom to erase, why, and who says so. */
export interface Erasure {
  readonly erasureId: string;
  readonly contactId: string;
  readonly reason: string;
  readonly by: string;
}

/** What an erasure found, or would find: rows by table. */
export type Erased = Readonly<Record<string, number>>;

/** Every e-mail address, phone number and handle that the directory ever gave the contact. */
const identities = `
  SELECT arrayFilter(identity -> notEmpty(identity), groupUniqArrayArray(arrayConcat(emails, phones, handles))) AS identities
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

/** Whether a payload names an identity that is not the end or the beginning of a longer one. */
const isNamed = `arrayExists(
  (before, behind) -> NOT match(right(before, 1), '[a-z0-9._%+-]') AND NOT match(behind, '^[.]?[a-z0-9-]'),
  arrayPopBack(splitByString('\\x01\\x02', replaceAll(lower(payload), lower(identity), '\\x01\\x02'))),
  arrayPopFront(splitByString('\\x01\\x02', replaceAll(lower(payload), lower(identity), '\\x01\\x02'))))`;

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

/** In this order: what others are found by goes last, so that an erasure that was cut off finds everything again. */
const order: readonly HashedTable[] = [
  'payloads',
  'log',
  'signals',
  'alerts',
  'actions',
  'dead_letters',
  'touchpoints',
  'directory',
];

/** Counts what `erase` would remove. */
export async function erasable(clickhouse: ClickHouse, contactId: string): Promise<Erased> {
  const counts: Record<string, number> = {};
  for (const table of order) {
    const [row] = await clickhouse.query<{ n: number }>(
      `SELECT toFloat64(count()) AS n FROM resonant.${table} WHERE ${conditions[table]}`,
      { params: { contact: contactId } },
    );
    counts[table] = row?.n ?? 0;
  }
  return counts;
}

/**
 * Removes a person's rows: touchpoints and payloads that the person took part in, their signals and log records, dead
 * letters that name an address of theirs, and the contact's versions in the directory. Before a row goes, its place,
 * hash and the reason are written to `erasures`: the ledger keeps its hashes, so seals still hold and the gap is
 * explained. Cut off in the middle it can be run again. Rejects with `not-found` if nothing is there.
 */
export async function erase(clickhouse: ClickHouse, erasure: Erasure, family: EngineFamily): Promise<Erased> {
  const found = await erasable(clickhouse, erasure.contactId);
  if (Object.values(found).every((count) => count === 0)) {
    throw new ResonantError('not-found', `nothing is stored about the contact ${erasure.contactId}`);
  }
  const params = {
    contact: erasure.contactId,
    erasure: erasure.erasureId,
    reason: erasure.reason,
    by: erasure.by,
  };
  for (const table of order) {
    if (found[table] === 0) continue;
    // Those alone: what comes in between has no hash in `erasures` yet.
    const places = await clickhouse.query<Place>(
      `SELECT topic, partition, epoch, offset FROM resonant.${table} WHERE ${conditions[table]}`,
      { params },
    );
    await clickhouse.command(
      `INSERT INTO resonant.erasures (erasure_id, reason, table, topic, partition, epoch, offset, hash, erased_by)
       SELECT {erasure:String}, {reason:String}, '${table}', topic, partition, epoch, offset, ${rowHash(table)}, {by:String}
       FROM resonant.${table} WHERE ${conditions[table]}`,
      { params, settings: { distributed_foreground_insert: 1 } },
    );
    await removePlaces(clickhouse, table, places, family);
  }
  return found;
}

/** Removes every row that `erasures` names: what a backup from before has brought back. */
export async function removeErased(clickhouse: ClickHouse, family: EngineFamily): Promise<void> {
  for (const table of order) {
    const places = await clickhouse.query<Place>(
      'SELECT DISTINCT topic, partition, epoch, offset FROM resonant.erasures WHERE table = {table:String}',
      { params: { table } },
    );
    await removePlaces(clickhouse, table, places, family);
  }
}

async function removePlaces(
  clickhouse: ClickHouse,
  table: HashedTable,
  places: readonly Place[],
  family: EngineFamily,
): Promise<void> {
  for (let from = 0; from < places.length; from += placesAtOnce) {
    await clickhouse.command(removal.places(table, places.slice(from, from + placesAtOnce), family));
  }
}
