import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditSeals } from '@resonant/audit';
import {
  backup,
  type ClickHouse,
  clickHouseStore,
  type ErasureRecord,
  erase,
  eraseAgain,
  migrate,
  rememberErased,
  restore,
} from '@resonant/clickhouse';
import { deadLettersTopic, directoryTopic, erasuresTopic, topics } from '@resonant/contracts';
import { erasureWriter, MemoryBroker, memoryLog } from '@resonant/kafka';
import { createLogger, Metrics } from '@resonant/service';
import { erasuresComponent } from '../../services/history/src/erasures.ts';
import { streamMetrics } from '../../services/history/src/stream-metrics.ts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { accounts, at, contact, emails, fill, letter, mail, party, signal } from './support/persons.ts';
import { storeRange } from './support/stored-range.ts';
import { until } from './support/writer-bench.ts';

const folder = mkdtempSync(join(tmpdir(), 'resonant-erasure-'));
const family = 'embedded';
const day = 86_400_000;
const erasedAt = at + day;
const open: OwnEndpoint[] = [];

async function migrated(): Promise<ClickHouse> {
  const own = await ownEndpoint();
  open.push(own);
  await migrate(own.clickhouse, family);
  return own.clickhouse;
}

const erasureOf = (contactId: string) => ({
  ...{ erasureId: `e-${contactId}`, contactId, reason: 'ticket 88', by: 'dpo', at: erasedAt },
});

const tables = ['touchpoints', 'payloads', 'log', 'signals', 'directory', 'dead_letters', 'ledger', 'erasures'];
const counts = async (clickhouse: ClickHouse): Promise<Readonly<Record<string, number>>> => {
  const rows = await clickhouse.query<{ name: string; n: number }>(
    tables.map((name) => `SELECT '${name}' AS name, toFloat64(count()) AS n FROM resonant.${name}`).join(' UNION ALL '),
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
};
const withoutAnn = {
  ...{ touchpoints: 1, payloads: 1, log: 2, signals: 1, directory: 1, dead_letters: 2, ledger: 5, erasures: 12 },
};

const audit = (clickhouse: ClickHouse) =>
  auditSeals(clickhouse, { keys: new Map(), published: null, now: at + 2 * day });
const hashes = (clickhouse: ClickHouse) =>
  clickhouse.query('SELECT table, topic, partition, offset, hex(hash) AS hash FROM resonant.row_hashes ORDER BY ALL');
const eventIds = async (clickhouse: ClickHouse): Promise<readonly string[]> => {
  const rows = await clickhouse.query<{ id: string }>('SELECT event_id AS id FROM resonant.touchpoints ORDER BY id');
  return rows.map(({ id }) => id);
};

let source: ClickHouse;
let before: readonly unknown[];
const published: ErasureRecord[] = [];
const publish = async (record: ErasureRecord): Promise<void> => void published.push(record);

beforeAll(async () => {
  source = await migrated();
  await fill(source);
  before = await hashes(source);
  await backup(source, join(folder, 'before'), at, () => undefined);
  await source.command(
    'CREATE TABLE resonant.kept ENGINE = MergeTree ORDER BY offset AS SELECT * FROM resonant.payloads',
  );
  await erase(source, erasureOf('ann'), { family, publish });
}, 180_000);
afterAll(async () => {
  for (const one of open) await one.close();
  rmSync(folder, { recursive: true, force: true });
}, 180_000);

test('what is published of an erasure is hashes, and no word that names the person', () => {
  expect(published.map(({ part }) => part)).toEqual([0, 1]);
  const keys = published.flatMap((record) => record.keys);
  // contact, two addresses; two touchpoints, two dead letters
  expect(keys.filter((key) => /^[0-9a-f]{64}$/.test(key))).toHaveLength(7);
  const words = published.map(({ erasureId: _, ...record }) => record);
  expect(JSON.stringify(words)).not.toMatch(/ann|example/);
});

test('all of Kafka read into a new database brings back nobody who was erased, and the hashes of every row', async () => {
  const target = await migrated();
  await rememberErased(target, published, family);
  await fill(target);
  expect(await counts(target)).toEqual(withoutAnn);
  expect(await hashes(target)).toEqual(before);
  expect(await eventIds(target)).toEqual(['emails:by-bob']);
  expect(await audit(target)).toMatchObject({ problems: [], erased: 12 });
  const span = { first: 0, last: 1 };
  const { ledger, rows } = await clickHouseStore(target, family).recount(
    'intake_touchpoints',
    { topic: emails, partition: 0 },
    0,
    span,
  );
  expect(ledger?.rows).toEqual({ touchpoints: 2, payloads: 2 });
  expect(rows).toEqual({ touchpoints: 2, payloads: 2 });
}, 180_000);

test('a backup from before an erasure comes back without the person, and what is fetched later is left out, too', async () => {
  const target = await migrated();
  await restore(target, join(folder, 'before'), { family, erasures: published, progress: () => undefined });
  expect(await counts(target)).toEqual(withoutAnn);
  expect(await audit(target)).toMatchObject({ problems: [], erased: 12 });
  const late = mail('late', party({ email: 'ann@old.example' }));
  await storeRange(target, { topic: emails, partition: 0, first: 5, last: 5 }, [
    { offset: 5, value: ['EmailTouchpoint', late] },
  ]);
  expect(await eventIds(target)).toEqual(['emails:by-bob']);
  expect(await audit(target)).toMatchObject({ problems: [], erased: 14 });
}, 180_000);

test('in a backup that is restored without what was published the person comes back, until services/history starts', async () => {
  const target = await migrated();
  await restore(target, join(folder, 'before'), { family, erasures: [], progress: () => undefined });
  expect((await counts(target)).touchpoints).toBe(3);
  const broker = new MemoryBroker();
  for (const topic of topics) if (topic.name === erasuresTopic) broker.createTopic(topic, 1);
  const log = memoryLog({ broker });
  const writer = await erasureWriter(log);
  for (const record of published) await writer.write(record);
  await writer.close();
  const metrics = new Metrics();
  await erasuresComponent({
    ...{ log, clickHouse: target, config: { CLICKHOUSE_FAMILY: family }, logger: createLogger('history', 'silent') },
    ...{ metrics, streams: streamMetrics(metrics), now: () => at },
  }).start();
  expect(await counts(target)).toEqual(withoutAnn);
  await log.close();
}, 180_000);

test('what was put aside or replayed stands at another place and is left out; what happens after the erasure is kept', async () => {
  const timestamp = erasedAt + day;
  const after = { occurredAt: timestamp, receivedAt: timestamp };
  await storeRange(source, { topic: emails, partition: 3, first: 0, last: 3 }, [
    { offset: 0, timestamp, value: ['EmailTouchpoint', mail('replayed', party({ contactId: 'ann' }))] },
    { offset: 1, timestamp, value: ['EmailTouchpoint', mail('replayed-2', party({ email: 'ann@acme.example' }))] },
    { offset: 2, timestamp, value: ['EmailTouchpoint', { ...mail('new', party({ contactId: 'ann' })), ...after }] },
    { offset: 3, timestamp, value: ['EmailTouchpoint', mail('of-zoe', party({ email: 'zoe@acme.example' }))] },
  ]);
  await storeRange(source, { topic: accounts, partition: 3, first: 0, last: 2 }, [
    { offset: 0, timestamp, value: ['Signal', signal('r1', { eventId: 'emails:by-old-address' })] },
    { offset: 1, timestamp, value: ['Signal', signal('r2', { contactId: 'ann' })] },
    { offset: 2, timestamp, value: ['Signal', signal('r3', { contactId: 'ann', occurredAt: timestamp })] },
  ]);
  await storeRange(source, { topic: deadLettersTopic, partition: 3, first: 0, last: 1 }, [
    { offset: 0, timestamp, value: ['DeadLetter', letter('d1', '{"from": "ann@acme.example"')] },
    { offset: 1, timestamp, value: ['DeadLetter', letter('d9', '{"from": "zoe@acme.example"')] },
  ]);
  await storeRange(source, { topic: directoryTopic, partition: 3, first: 0, last: 1 }, [
    { offset: 0, key: 'contact:ann', value: ['Contact', contact('ann', ['ann@acme.example'])] },
    { offset: 1, key: 'contact:ann', timestamp, value: ['Contact', contact('ann', ['ann@new.example'])] },
  ]);
  const placed = 'WHERE partition = 3 ORDER BY offset';
  const offsets = async (table: string): Promise<readonly number[]> =>
    (await source.query<{ n: number }>(`SELECT toFloat64(offset) AS n FROM resonant.${table} ${placed}`)).map(
      ({ n }) => n,
    );
  expect(await offsets('touchpoints')).toEqual([2, 3]);
  expect(await offsets('payloads')).toEqual([2, 3]);
  expect(await offsets('signals')).toEqual([2]);
  expect(await offsets('log')).toEqual([2]);
  expect(await offsets('dead_letters')).toEqual([1]);
  expect(await offsets('directory')).toEqual([1]);
  expect(await audit(source)).toMatchObject({ problems: [], erased: 22 });
}, 180_000);

test('a row that stands there all the same is found, and removed by erasing again', async () => {
  await source.command("INSERT INTO resonant.payloads SELECT * FROM resonant.kept WHERE event_id = 'emails:by-id'");
  expect((await audit(source)).problems).toMatchObject([{ kind: 'returned', table: 'payloads', offset: 0 }]);
  await eraseAgain(source, published, family);
  expect((await audit(source)).problems).toEqual([]);
}, 180_000);

test('an insert that had begun, and may not know of it yet, is waited for', async () => {
  let hasEnded = false;
  const slow = source
    .command(
      `INSERT INTO resonant.intake_deliveries (is_range, topic, range_records, range_token)
       SELECT 1, 'x', 0, 'slow' FROM numbers(3) WHERE sleepEachRow(0.5) = 0 SETTINGS max_block_size = 1`,
    )
    .catch(() => undefined)
    .then(() => {
      hasEnded = true;
    });
  await until('it runs', async () => {
    const rows = await source.query("SELECT 1 FROM system.processes WHERE query LIKE 'INSERT INTO resonant.intake_%'");
    return rows.length > 0;
  });
  await erase(source, erasureOf('bob'), { family, publish });
  expect(hasEnded).toBe(true);
  await slow;
  expect(await eventIds(source)).toEqual(['emails:new', 'emails:of-zoe']);
}, 180_000);
