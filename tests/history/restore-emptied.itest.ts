import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { backup, type ClickHouse, migrate, restore } from '@resonant/clickhouse';
import { storedTables } from '../../packages/clickhouse/src/care/tables.ts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { at, fill } from './support/persons.ts';

const folder = mkdtempSync(join(tmpdir(), 'resonant-emptied-'));
let own: OwnEndpoint;
let clickhouse: ClickHouse;

beforeAll(async () => {
  own = await ownEndpoint();
  clickhouse = own.clickhouse;
  await migrate(clickhouse, 'embedded');
}, 180_000);
afterAll(async () => {
  await own.close();
  rmSync(folder, { recursive: true, force: true });
}, 180_000);

const counts = async () => {
  const tables = storedTables.filter(({ name }) => name !== 'queries');
  const of = tables.map(({ name }) => `SELECT '${name}' AS name, toFloat64(count()) AS n FROM resonant.${name}`);
  return clickhouse.query<{ name: string; n: number }>(`SELECT * FROM (${of.join(' UNION ALL ')}) ORDER BY name`);
};

/** Blocks of 65,409 rows: each table of this test is one, but for this, which has the same block three times. */
async function sameBlocks(): Promise<void> {
  await clickhouse.command(
    `INSERT INTO resonant.losses (topic, partition, epoch, first, last, reason, accepted_by, accepted_at)
     SELECT 'resonant.alerts.v1', 0, 0, 1, 2, 'same', 'ops', '2026-03-03 09:00:00.000' FROM numbers(200000)`,
  );
}

test('a database that has held the same rows and was emptied by hand is restored whole, each row as often as it was', async () => {
  await fill(clickhouse);
  await sameBlocks();
  const before = await counts();
  expect(before).toContainEqual({ name: 'losses', n: 200_001 });
  const path = join(folder, 'backup');
  await backup(clickhouse, path, at, () => undefined);
  const options = { family: 'embedded', erasures: [], progress: () => undefined } as const;
  for (const round of [1, 2]) {
    for (const { name, n } of before) {
      if (n > 0) await clickhouse.command(`ALTER TABLE resonant.${name} DELETE WHERE 1 SETTINGS mutations_sync = 2`);
    }
    await restore(clickhouse, path, options);
    expect([round, await counts()]).toEqual([round, before]);
  }
}, 180_000);
