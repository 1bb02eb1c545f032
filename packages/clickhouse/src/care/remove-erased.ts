import type { ClickHouse } from '../client/connect.ts';
import { erasedKey, type NamingTable } from '../migrations/erased-key.ts';
import { type HashedTable, rowHash } from '../migrations/hash-forms.ts';
import type { EngineFamily } from '../migrations/render.ts';
import { type Place, placesAtOnce, removal } from '../removals.ts';

/** Tables with rows of persons, and the table whose row of the same place says whose they are. */
const namedBy = {
  payloads: 'touchpoints',
  log: 'signals',
  signals: 'signals',
  alerts: 'alerts',
  actions: 'actions',
  dead_letters: 'dead_letters',
  touchpoints: 'touchpoints',
  directory: 'directory',
} as const satisfies Partial<Record<HashedTable, NamingTable>>;

type PersonalTable = keyof typeof namedBy;

/** In this order: what others are found by goes last, so that what was cut off finds everything again. */
export const eraseOrder = Object.keys(namedBy) as readonly PersonalTable[];

/** The rows of a table that are an erased person's, with the key that says so as `erased_key`. */
function theirs(table: PersonalTable): string {
  const by = namedBy[table];
  const key = `${erasedKey(by)} AS erased_key`;
  if (by === table) return `(SELECT *, topic, ${key} FROM resonant.${table} WHERE notEmpty(erased_key))`;
  return `resonant.${table} AS stored GLOBAL ANY INNER JOIN (
    SELECT topic, partition, epoch, offset, ${key} FROM resonant.${by} WHERE notEmpty(erased_key)
  ) AS named USING (topic, partition, epoch, offset)`;
}

/** The engine remembers where a condition held nowhere, also of one that reads a dictionary, which is another by now. */
const fresh = { use_query_condition_cache: 0 } as const;

/**
 * Removes every row that is an erased person's by the keys that the engine knows. Before a row goes, its place, hash and
 * the reason are written to `erasures`. Cut off in the middle it can be run again.
 */
export async function removeByKey(clickhouse: ClickHouse, family: EngineFamily): Promise<void> {
  for (const table of eraseOrder) {
    // Those alone: what comes in between has no hash in `erasures` yet.
    const places = await clickhouse.query<Place>(`SELECT topic, partition, epoch, offset FROM ${theirs(table)}`, {
      settings: fresh,
    });
    if (places.length === 0) continue;
    await clickhouse.command(
      `INSERT INTO resonant.erasures (erasure_id, reason, table, topic, partition, epoch, offset, hash, erased_by)
       SELECT dictGet('resonant.erased', 'erasure_id', erased_key), dictGet('resonant.erased', 'reason', erased_key),
         '${table}', topic, partition, epoch, offset, ${rowHash(table)}, dictGet('resonant.erased', 'erased_by', erased_key)
       FROM ${theirs(table)}`,
      { settings: { distributed_foreground_insert: 1, ...fresh } },
    );
    await removePlaces(clickhouse, table, places, family);
  }
}

/** Removes every row that `erasures` names: what a backup from before has brought back, or half an insert had left. */
export async function removeErased(clickhouse: ClickHouse, family: EngineFamily): Promise<void> {
  for (const table of eraseOrder) {
    const places = await clickhouse.query<Place>(
      `SELECT topic, partition, epoch, offset FROM resonant.${table} WHERE (topic, partition, epoch, offset) GLOBAL IN (
         SELECT topic, partition, epoch, offset FROM resonant.erasures WHERE table = {table:String})`,
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
