import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Records, ResonantError } from '@resonant/contracts';
import type { ClickHouse } from '../client/connect.ts';
import { type EngineFamily, renderStatement } from '../migrations/render.ts';

/** A part of an erasure as `resonant.erasures.v1` has it. */
export type ErasureRecord = Records['Erasure'];

/** Keys in one record: about 270 kB of it. */
export const keysAtOnce = 4000;

/**
 * Makes the engine know whom history has erased: from when this resolves on, what an insert brings of them is left out.
 * What is known already changes nothing. Resolves with how many keys were not known. Rejects as `ClickHouse` does.
 */
export async function rememberErased(
  clickHouse: ClickHouse,
  erasures: readonly ErasureRecord[],
  family: EngineFamily,
): Promise<number> {
  let unknown = 0;
  for (const { erasureId, reason, erasedBy, erasedAt, keys } of erasures) {
    const erased_at = new Date(erasedAt).toISOString().replace('T', ' ').slice(0, 23);
    const known = await clickHouse.query<{ key: string }>(
      'SELECT DISTINCT key FROM resonant.erased_keys WHERE erasure_id = {erasure:String}',
      { params: { erasure: erasureId } },
    );
    const stored = new Set(known.map(({ key }) => key));
    const rows = keys
      .filter((key) => !stored.has(key))
      .map((key) => ({ key, erasure_id: erasureId, reason, erased_by: erasedBy, erased_at }));
    if (rows.length === 0) continue;
    unknown += rows.length;
    await clickHouse.insertRaw({
      table: 'resonant.erased_keys',
      format: 'JSONEachRow',
      body: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
      // The engine may remember an insert of the same keys whose rows a restore took away: it would swallow this one.
      settings: { distributed_foreground_insert: 1, insert_deduplication_token: randomUUID() },
    });
  }
  await clickHouse.command(reloadErased(family));
  return unknown;
}

/** How many keys the engine has of erased persons. Costs nothing: it does not read them. */
export async function countErasedKeys(clickHouse: ClickHouse): Promise<number> {
  const [row] = await clickHouse.query<{ n: number }>('SELECT toFloat64(count()) AS n FROM resonant.erased_keys');
  return row?.n ?? 0;
}

/** Has every server read `erased` anew, instead of within a minute. */
export const reloadErased = (family: EngineFamily): string =>
  renderStatement('SYSTEM RELOAD DICTIONARY{{on_cluster}} resonant.erased', family) as string;

/** An insert ends after 50 s at the latest. */
const patienceMs = 60_000;
const lookEveryMs = 50;

/**
 * Resolves when no insert runs that had begun before this was called: those may not know of what was remembered before.
 * Rejects with `history-unavailable` if one still runs after a minute.
 */
export async function insertsEnded(clickHouse: ClickHouse, family: EngineFamily): Promise<void> {
  const running = async (): Promise<readonly string[]> => {
    const rows = await clickHouse.query<{ id: string }>(runningInserts(family));
    return rows.map(({ id }) => id);
  };
  let before = new Set(await running());
  for (let waited = 0; before.size > 0; waited += lookEveryMs) {
    if (waited >= patienceMs) {
      throw new ResonantError('history-unavailable', `${before.size} inserts have not ended in ${patienceMs} ms`);
    }
    await sleep(lookEveryMs);
    before = new Set((await running()).filter((id) => before.has(id)));
  }
}

/** The inserts of ranges that run now, on every server. */
export const runningInserts = (family: EngineFamily): string =>
  `SELECT query_id AS id FROM ${family === 'cluster' ? "clusterAllReplicas('{cluster}', system.processes)" : 'system.processes'}
   WHERE startsWith(query, 'INSERT INTO resonant.intake_')`;
