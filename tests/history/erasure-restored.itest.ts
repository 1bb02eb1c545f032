import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditSeals } from '@resonant/audit';
import { type ClickHouse, countErasedKeys, erase, migrate } from '@resonant/clickhouse';
import { encoderFor, erasureWriter } from '@resonant/kafka';
import { createLogger, Metrics } from '@resonant/service';
import { Erasures } from '../../services/history/src/erasures.ts';
import { streamMetrics } from '../../services/history/src/stream-metrics.ts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { signal, type TestWriter, topic, until, WriterBench } from './support/writer-bench.ts';

const family = 'embedded';
const hour = 3_600_000;
let own: OwnEndpoint;
let clickHouse: ClickHouse;
let bench: WriterBench;
let writer: TestWriter;
let erasures: Erasures;
let now = Date.now();

beforeAll(async () => {
  own = await ownEndpoint();
  clickHouse = own.clickhouse;
  await migrate(clickHouse, family);
  bench = new WriterBench(clickHouse, 0);
  const metrics = new Metrics();
  erasures = new Erasures({
    ...{ log: bench.log, clickHouse, config: { CLICKHOUSE_FAMILY: family }, metrics, now: () => now },
    ...{ logger: createLogger('history', 'silent'), streams: streamMetrics(metrics) },
  });
  await erasures.start();
  writer = await bench.start({
    limits: { ledgerCheckMs: 200 },
    observer: { discarded: () => erasures.suspectRestore() },
  });
  await append(0, 30);
  for (const table of tables) {
    await clickHouse.command(
      `CREATE TABLE resonant.${table}_kept ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM resonant.${table}`,
    );
  }
  const published = await erasureWriter(bench.log);
  const erasure = { erasureId: 'e', contactId: 'ann', reason: 'ticket 88', by: 'dpo', at: Date.now() + hour };
  await erase(clickHouse, erasure, { family, publish: (record) => published.write(record) });
  await published.close();
  await append(30, 15);
}, 180_000);
afterAll(async () => {
  await bench.close();
  await own.close();
}, 180_000);

/** Tables that the signals' topic fills, and what a backup has besides. */
const tables = ['log', 'signals', 'ledger', 'erasures', 'erased_keys'] as const;

/** Appends signals, every third of them Ann's, and waits until they are stored. */
async function append(from: number, count: number): Promise<void> {
  const encode = await encoderFor(bench.log, topic, 'Signal');
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  const of = (n: number) => signal({ id: `s${n}`, contactId: n % 3 === 0 ? 'ann' : 'bob' });
  await bench.values(...numbers.map((n) => encode(of(n))));
  await bench.settled();
}

/** Puts the rows of the backup where those of a table are, as whoever restores without our command may. */
async function putBack(table: (typeof tables)[number]): Promise<void> {
  await clickHouse.command(`TRUNCATE TABLE resonant.${table}`);
  await clickHouse.command(`INSERT INTO resonant.${table} SELECT * FROM resonant.${table}_kept`);
}

/** Signals of each, and records of the log. */
async function rows() {
  const [row] = await clickHouse.query<{ ann: number; bob: number; log: number }>(
    `SELECT toFloat64(countIf(contact_id = 'ann')) AS ann, toFloat64(countIf(contact_id = 'bob')) AS bob,
       (SELECT toFloat64(count()) FROM resonant.log) AS log FROM resonant.signals`,
  );
  return row;
}

const nErasures = async (): Promise<unknown> =>
  clickHouse.query('SELECT count() AS n, uniqExact(table, offset) AS places FROM resonant.erasures');

const problems = async () =>
  (await auditSeals(clickHouse, { keys: new Map(), published: null, now: Date.now() + 2 * hour })).problems;

test('a backup that is restored under a running service by other means brings erased persons back for one look', async () => {
  expect(await rows()).toEqual({ ann: 0, bob: 30, log: 30 });
  await erasures.look();
  for (const table of tables) await putBack(table);
  await clickHouse.command('SYSTEM RELOAD DICTIONARY resonant.erased');
  await until('the writer has noticed', () => erasures.isSuspected);
  await bench.settled();
  expect(await rows()).toEqual({ ann: 15, bob: 30, log: 45 });
  await erasures.look();
  expect(await rows()).toEqual({ ann: 0, bob: 30, log: 30 });
  expect(await problems()).toEqual([]);
  expect(erasures.isSuspected).toBe(false);
}, 180_000);

test('the writer goes on exactly once behind it, and what comes of erased persons is left out as before', async () => {
  await until('it goes on', () => writer.status()?.state === 'running');
  await append(45, 15);
  expect(await bench.stored()).toMatchObject({ log: 40, places: 40, signals: 40, records: 60, rejected: 0, next: 60 });
  expect(await rows()).toEqual({ ann: 0, bob: 40, log: 40 });
  expect(await problems()).toEqual([]);
}, 180_000);

test('a look at a history that nobody has restored changes nothing', async () => {
  const before = await nErasures();
  await clickHouse.command("INSERT INTO resonant.signals SELECT * FROM resonant.signals_kept WHERE signal_id = 's0'");
  await erasures.look();
  expect(await rows()).toEqual({ ann: 1, bob: 40, log: 40 });
  expect(await nErasures()).toEqual(before);
}, 180_000);

test('keys that have become fewer are noticed without the ledger, and rows are looked for once more an hour later', async () => {
  const keys = await countErasedKeys(clickHouse);
  // the engine remembers the insert that brought them
  await clickHouse.command('ALTER TABLE resonant.erased_keys DELETE WHERE 1 SETTINGS mutations_sync = 2');
  await clickHouse.command('SYSTEM RELOAD DICTIONARY resonant.erased');
  expect(erasures.isSuspected).toBe(false);
  await erasures.look();
  expect([keys, await countErasedKeys(clickHouse)]).toEqual([1, 1]);
  expect(await rows()).toEqual({ ann: 0, bob: 40, log: 40 });
  // the restore went on
  await clickHouse.command("INSERT INTO resonant.signals SELECT * FROM resonant.signals_kept WHERE signal_id = 's3'");
  await erasures.look();
  expect(await rows()).toMatchObject({ ann: 1 });
  now += hour;
  await erasures.look();
  expect(await rows()).toEqual({ ann: 0, bob: 40, log: 40 });
  expect(await problems()).toEqual([]);
}, 180_000);

test('an erasure that ClickHouse has not got, and a damaged one, are noticed within the hour', async () => {
  const published = await erasureWriter(bench.log);
  const digest = (text: string) => clickHouse.query<{ key: string }>(`SELECT lower(hex(SHA256('${text}'))) AS key`);
  const [{ key } = { key: '' }] = await digest('contact:bob');
  const erasedAt = Date.now() + hour;
  await published.write({ erasureId: 'e2', part: 0, reason: 'ticket 89', erasedBy: 'dpo', erasedAt, keys: [key] });
  await published.write({ erasureId: '', part: 0, reason: 'ticket 90', erasedBy: 'dpo', erasedAt, keys: [key] });
  await published.close();
  await erasures.look();
  expect(await rows()).toEqual({ ann: 0, bob: 40, log: 40 });
  now += hour;
  await erasures.look();
  expect(await rows()).toEqual({ ann: 0, bob: 0, log: 0 });
  expect(erasures.standing).toMatchObject({ parts: 2, damaged: [{ reason: 'unstorable-record' }] });
  expect(await problems()).toEqual([]);
}, 180_000);

test('what fails is asked again at the next look', async () => {
  await clickHouse.command("INSERT INTO resonant.signals SELECT * FROM resonant.signals_kept WHERE signal_id = 's1'");
  erasures.suspectRestore();
  await clickHouse.command('RENAME TABLE resonant.erasures TO resonant.erasures_aside');
  await expect(erasures.look()).rejects.toMatchObject({ code: 'history-schema' });
  await clickHouse.command('RENAME TABLE resonant.erasures_aside TO resonant.erasures');
  expect(erasures.isSuspected).toBe(true);
  await erasures.look();
  expect(await rows()).toEqual({ ann: 0, bob: 0, log: 0 });
}, 180_000);
