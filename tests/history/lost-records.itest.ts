import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditSeals, sealReportText } from '@resonant/audit';
import { repository } from '@resonant/cli';
import { type ClickHouse, connectClickHouse, ledgerReader } from '@resonant/clickhouse';
import { eventHeaders, signalsTopic } from '@resonant/contracts';
import { connectKafka, encoderFor, type Log } from '@resonant/kafka';
import { type Stack, startStack } from '@resonant/local';
import { deleteBefore } from '../../packages/kafka/test/kafka-tools.ts';
import { HistoryProcess } from '../../services/history/test/history-process.ts';
import { commandLine } from './support/command-line.ts';
import { signal } from './support/writer-bench.ts';

const topic = signalsTopic('account');
const folder = join(repository, '.resonant', 'lost-records');
const backup = join(folder, 'backup');

let stack: Stack;
let log: Log;
let clickHouse: ClickHouse;
let running: HistoryProcess | undefined;

beforeAll(async () => {
  rmSync(backup, { recursive: true, force: true });
  stack = await startStack({ base: 8040, folder, fresh: true });
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD } = stack.env;
  Object.assign(process.env, { KAFKA_BROKERS, SCHEMA_REGISTRY_URL });
  log = connectKafka({ brokers: [KAFKA_BROKERS], registryUrl: SCHEMA_REGISTRY_URL, clientId: 'lost-records' });
  clickHouse = connectClickHouse({
    url: CLICKHOUSE_URL,
    user: CLICKHOUSE_USER,
    password: CLICKHOUSE_PASSWORD,
    application: 'test',
  });
}, 120_000);
afterAll(async () => {
  await running?.end('SIGKILL');
  await clickHouse?.close();
  await log?.close();
  await stack?.stop();
}, 60_000);

const resonant = (...words: readonly string[]) => commandLine(stack.env, ...words);

/** Appends signals to a partition, with ids that name their places. */
async function append(
  partition: number,
  from: number,
  to: number,
  more: Parameters<typeof signal>[0] = {},
): Promise<void> {
  const encode = await encoderFor(log, topic, 'Signal');
  const producer = await log.producer();
  const ids = Array.from({ length: to - from }, (_, index) => `${partition}-${from + index}`);
  await producer.sendAll(
    ids.map((id) => ({
      ...{ topic, partition, key: 'acme', value: encode(signal({ id, ...more })) },
      headers: eventHeaders({ id, type: 'signal', source: '/test', time: 0 }),
    })),
  );
  await producer.close();
}

const next = async (partition: number): Promise<number> =>
  (await ledgerReader(clickHouse).stream({ topic, partition }, 0)).next;

async function start(): Promise<HistoryProcess> {
  running = new HistoryProcess({ ...stack.env, RESONANT_INSTANCE_ID: 'history-0' });
  return running;
}

/** Runs the service until partitions 0 and 1 are stored up to there. */
async function runUntil(zero: number, one: number): Promise<void> {
  const service = await start();
  await service.ready();
  await service.until('all is stored', async () => (await next(0)) === zero && (await next(1)) === one);
  expect(await service.end('SIGTERM')).toBe(0);
}

/** Places of the stored signals of a partition. */
const places = async (partition: number): Promise<readonly number[]> => {
  const rows = await clickHouse.query<{ id: string }>(
    `SELECT signal_id AS id FROM resonant.signals WHERE keyspace = 'account' AND partition = {partition:UInt16} ORDER BY offset`,
    { params: { partition } },
  );
  return rows.map(({ id }) => Number(id.split('-')[1]));
};
const span = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('after a restore of a backup that is older than what Kafka keeps, what is lost is shown, given up on request, explained, and history goes on', async () => {
  await append(0, 0, 30);
  await append(1, 0, 10);
  await runUntil(30, 10);
  expect((await resonant('history', 'backup', backup)).code).toBe(0);
  await append(0, 30, 60);
  await append(1, 10, 20);
  await runUntil(60, 20);

  // the disaster: history is gone, and Kafka keeps only what is younger than offset 50
  await deleteBefore(topic, 0, 50);
  await append(0, 60, 70);
  await clickHouse.command('DROP DATABASE resonant SYNC');
  expect((await resonant('history', 'migrate')).code).toBe(0);
  expect((await resonant('history', 'restore', backup)).code).toBe(0);

  const service = await start();
  const reason = 'offsets 30 to 49 are no longer kept and were never stored';
  await service.until('it says what is lost', async () => (await service.readiness()).text.includes(reason));
  expect((await service.readiness()).status).toBe(503);
  await service.until('the other partition goes on', async () => (await next(1)) === 20);

  // the committed offset, 60, tells nothing of it
  expect(await resonant('offsets', 'skip-lost', '--group', 'resonant-history', '--topic', topic)).toMatchObject({
    code: 2,
    err: expect.stringContaining('resonant history skip-lost'),
  });
  const told = `${topic}/0: ${reason}\n`;
  expect(await resonant('history', 'skip-lost')).toEqual({
    code: 1,
    out: told,
    err: 'Nothing was changed; add --yes and --reason TEXT to go on without what is lost.\n',
  });
  expect(await resonant('history', 'skip-lost', '--yes')).toMatchObject({
    code: 2,
    err: expect.stringContaining('why? give --reason TEXT'),
  });
  expect(await next(0)).toBe(30);
  expect(await resonant('history', 'skip-lost', '--yes', '--reason', 'backup of March', '--by', 'ops')).toEqual({
    code: 0,
    out: `${told}history goes on at offset 50 of ${topic}/0\n`,
    err: '',
  });

  await service.until('it goes on', async () => (await next(0)) === 70);
  await service.ready();
  expect(await places(0)).toEqual([...span(0, 30), ...span(50, 70)]);
  expect(await places(1)).toEqual(span(0, 20));
  expect(await resonant('history', 'skip-lost')).toEqual({
    code: 0,
    out: 'history can go on where it is: nothing is lost\n',
    err: '',
  });

  const lost = { topic, partition: 0, epoch: 0, first: 30, last: 49, reason: 'backup of March' };
  expect(
    await clickHouse.query(
      'SELECT topic, partition, epoch, first, last, n_offsets, reason, accepted_by FROM resonant.lost_ranges',
    ),
  ).toEqual([{ ...lost, n_offsets: 20, accepted_by: 'ops' }]);
  const report = await auditSeals(clickHouse, { keys: new Map(), published: null, now: Date.now() });
  expect(report).toMatchObject({ problems: [], lost: [{ ...lost, acceptedBy: 'ops' }] });
  expect(sealReportText(report)).toContain(`  given up: offsets 30-49 of ${topic}/0, by ops: backup of March\n`);

  // what stands in the ledger holds for whoever comes next
  expect(await service.end('SIGTERM')).toBe(0);
  await append(0, 70, 75);
  await runUntil(75, 20);
  expect(await places(0)).toEqual([...span(0, 30), ...span(50, 75)]);
}, 600_000);

test('what is lost once more is asked for once more, on either side of what is stored', async () => {
  await append(1, 20, 40);
  await deleteBefore(topic, 1, 35);
  const service = await start();
  const reason = 'offsets 20 to 34 are no longer kept and were never stored';
  await service.until('it says what is lost', async () => (await service.readiness()).text.includes(reason));
  expect(await service.end('SIGKILL')).toBeNull();
  // a range behind the gap, as a lost range of the ledger leaves it
  await clickHouse.command(
    `INSERT INTO resonant.ledger (topic, partition, epoch, first, last, token, hash_form, stored_at)
     VALUES ({topic:String}, 1, 0, 25, 26, 'closed', 1, now64(3))`,
    { params: { topic } },
  );
  expect(await resonant('history', 'skip-lost', '--topic', topic, '--yes', '--reason', 'again', '--by', 'ops')).toEqual(
    {
      code: 0,
      out: [
        `${topic}/1: offsets 20 to 24 are no longer kept and were never stored`,
        `${topic}/1: offsets 27 to 34 are no longer kept and were never stored`,
        `history goes on at offset 35 of ${topic}/1\n`,
      ].join('\n'),
      err: '',
    },
  );
  await runUntil(75, 40);
  expect(await places(1)).toEqual([...span(0, 20), ...span(35, 40)]);
  expect(
    await clickHouse.query('SELECT first, last FROM resonant.lost_ranges WHERE partition = 1 ORDER BY first'),
  ).toEqual([
    { first: 20, last: 24 },
    { first: 27, last: 34 },
  ]);
}, 600_000);

test('who was erased after the backup stays so, in what it brings back and in what Kafka brings again', async () => {
  await append(2, 0, 5);
  await append(2, 5, 8, { contactId: 'ann' });
  const runTo = async (end: number): Promise<void> => {
    const service = await start();
    await service.ready();
    await service.until('all is stored', async () => (await next(2)) === end);
    expect(await service.end('SIGTERM')).toBe(0);
  };
  await runTo(8);
  const older = join(folder, 'before-erasure');
  rmSync(older, { recursive: true, force: true });
  expect((await resonant('history', 'backup', older)).code).toBe(0);
  await append(2, 8, 10, { contactId: 'ann' });
  await append(2, 10, 12);
  await runTo(12);
  expect(await resonant('history', 'erase', '--contact', 'ann', '--reason', 'ticket 88', '--by', 'dpo')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^signals +5$/m),
  });
  const others = [...span(0, 5), ...span(10, 12)];
  expect(await places(2)).toEqual(others);

  await clickHouse.command('DROP DATABASE resonant SYNC');
  expect((await resonant('history', 'migrate')).code).toBe(0);
  expect((await resonant('history', 'restore', older)).code).toBe(0);
  expect(await places(2)).toEqual(span(0, 5));
  await runTo(12);
  expect(await places(2)).toEqual(others);
  const report = await auditSeals(clickHouse, { keys: new Map(), published: null, now: Date.now() });
  expect(report).toMatchObject({ problems: [], erased: 10 });
}, 600_000);
