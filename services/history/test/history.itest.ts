import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ClickHouse, connectClickHouse, ledgerReader } from '@resonant/clickhouse';
import { eventHeaders, type Signal, signalsTopic } from '@resonant/contracts';
import { connectKafka, encoderFor, type Log } from '@resonant/kafka';
import { startGate, type TcpGate } from './gate.ts';
import { HistoryProcess } from './history-process.ts';

jest.setTimeout(300_000);

const names = [
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'CLICKHOUSE_URL',
  'CLICKHOUSE_USER',
  'CLICKHOUSE_PASSWORD',
] as const;
type Name = (typeof names)[number];

// the stack is shared: everything of one run carries its name
const run = `it-${randomUUID().slice(0, 8)}`;
const topic = signalsTopic('region');
const partition = 2;

let env: Record<Name, string>;
let log: Log;
let clickHouse: ClickHouse;
let gate: TcpGate;
let appended = 0;
const running: HistoryProcess[] = [];

beforeAll(async () => {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    throw new Error(`set ${missing.join(', ')}: these tests run on the real stack (npm test starts it)`);
  }
  const given = Object.fromEntries(names.map((name) => [name, process.env[name]])) as Record<Name, string>;
  log = connectKafka({
    brokers: given.KAFKA_BROKERS.split(','),
    registryUrl: given.SCHEMA_REGISTRY_URL,
    clientId: run,
  });
  const { CLICKHOUSE_URL: url, CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password } = given;
  clickHouse = connectClickHouse({ url, user, password, application: run });
  gate = await startGate(new URL(url));
  env = { ...given, CLICKHOUSE_URL: gate.url };
});
afterEach(async () => {
  await gate.open();
  await Promise.all(running.splice(0).map((service) => service.end('SIGKILL')));
});
afterAll(async () => {
  await gate?.close();
  await clickHouse?.close();
  await log?.close();
});

function launch(more: Readonly<Record<string, string>> = {}, ...args: readonly string[]): HistoryProcess {
  // who comes after one that was killed takes over at once
  const service = new HistoryProcess({ ...env, RESONANT_INSTANCE_ID: run, ...more }, ...args);
  running.push(service);
  return service;
}

/** Runs `--check`. */
async function check(more: Readonly<Record<string, string>> = {}): Promise<readonly [number | null, string]> {
  const service = launch(more, '--check');
  return [await service.end(), service.output];
}

/** A process that is ready and has stored all that there is. */
async function start(): Promise<HistoryProcess> {
  const service = launch();
  await service.ready();
  await service.until('all is stored', isStored);
  return service;
}

/** Appends signals to the partition in one go, with ids that count on. */
async function append(count: number): Promise<void> {
  const encode = await encoderFor(log, topic, 'Signal');
  const producer = await log.producer();
  const records = Array.from({ length: count }, () => {
    const id = `${run}-${appended++}`;
    const headers = eventHeaders({ id, type: 'signal', source: '/test', time: 0 });
    return { topic, partition, key: 'north', value: encode({ ...plain, id }), headers };
  });
  await producer.sendAll(records);
  await producer.close();
}

const plain: Omit<Signal, 'id'> = {
  ...{ kind: 'touch', occurredAt: 1_750_000_000_000, channel: null, accountId: null, contactId: null, repId: null },
  ...{ teamId: null, regionId: 'north', leadId: null, opportunityId: null, measures: {}, labels: {}, eventId: null },
};

async function end(): Promise<number> {
  const ends = await (await log.admin()).offsets(topic);
  return ends.find((range) => range.partition === partition)?.latest ?? Number.NaN;
}
const isStored = async (): Promise<boolean> =>
  (await ledgerReader(clickHouse).stream({ topic, partition }, 0)).next === (await end());

/** What stands in the tables of this run's signals, and how many different ones. */
async function stored(): Promise<{ readonly rows: number; readonly ids: number }> {
  const [row] = await clickHouse.query<{ rows: number; ids: number }>(
    'SELECT toFloat64(count()) AS rows, toFloat64(uniqExact(signal_id)) AS ids FROM resonant.signals WHERE startsWith(signal_id, {run:String})',
    { params: { run } },
  );
  return row as { rows: number; ids: number };
}

/** The value of a metric of the partition, as /metrics has it. */
async function metric(service: HistoryProcess, name: string, more = ''): Promise<number> {
  const text = await service.get('/metrics');
  const labels = `topic="${topic}",partition="${partition}"`;
  const line = text.split('\n').find((each) => each.startsWith(`resonant_history_${name}{${labels}${more}}`));
  return line === undefined ? 0 : Number(line.split(' ').at(-1));
}

const counters = [
  'ranges_total',
  'records_total',
  'rejected_total',
  'retries_total',
  'batch_records_sum',
  'batch_records_count',
  'insert_duration_seconds_count',
  'stored_after_seconds_count',
] as const;
type Counts = Readonly<Record<(typeof counters)[number], number>>;

async function countsOf(service: HistoryProcess): Promise<Counts> {
  const entries = await Promise.all(counters.map(async (name) => [name, await metric(service, name)] as const));
  return Object.fromEntries(entries) as Counts;
}

describe('--check', () => {
  test('is content with a stack that is there and a schema that it may make', async () => {
    expect(await check()).toEqual([0, 'history: configuration and dependencies are fine\n']);
  });

  test('says what cannot be used, and changes nothing', async () => {
    const [code, output] = await check({ CLICKHOUSE_PASSWORD: 'wrong' });
    expect(code).toBe(1);
    expect(output).toMatch(/^history: a dependency cannot be used: .*Authentication failed/);
    const [withoutBroker, said] = await check({ KAFKA_BROKERS: '127.0.0.1:1' });
    expect(withoutBroker).toBe(1);
    expect(said).toMatch(/^history: a dependency cannot be used: /);
  });
});

describe('services/history on the real stack', () => {
  test('its metrics say what it did: records, batches, inserts, position, and no lag once all is stored', async () => {
    const service = await start();
    const before = await countsOf(service);
    await append(50);
    await service.until('all is stored', isStored);
    await service.until('it says so', async () => (await metric(service, 'position')) === (await end()));
    const after = await countsOf(service);
    const ranges = after.ranges_total - before.ranges_total;
    expect(ranges).toBeGreaterThanOrEqual(1);
    expect(ranges).toBeLessThanOrEqual(50);
    expect(after).toEqual({
      ...before,
      ranges_total: before.ranges_total + ranges,
      records_total: before.records_total + 50,
      batch_records_sum: before.batch_records_sum + 50,
      batch_records_count: before.batch_records_count + ranges,
      insert_duration_seconds_count: before.insert_duration_seconds_count + ranges,
      stored_after_seconds_count: before.stored_after_seconds_count + ranges,
    });
    expect(await metric(service, 'lag_records')).toBe(0);
    expect(await metric(service, 'lag_seconds')).toBe(0);
    expect(await metric(service, 'pending_seconds')).toBe(0);
    expect(await metric(service, 'state', ',state="running"')).toBe(1);
    expect(await stored()).toEqual({ rows: appended, ids: appended });
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('while ClickHouse is away it is not ready and its lag grows in records and seconds; then it stores all, once', async () => {
    const service = await start();
    const { retries_total: retries } = await countsOf(service);
    await gate.shut();
    await append(10);
    await service.until('it tries again', async () => (await metric(service, 'retries_total')) > retries);
    await service.until('the lag is seconds old', async () => (await metric(service, 'lag_seconds')) > 2);
    expect(await metric(service, 'lag_records')).toBe(10);
    expect(await metric(service, 'pending_seconds')).toBeGreaterThan(0);
    expect(await metric(service, 'state', ',state="retrying"')).toBe(1);
    expect(await metric(service, 'state', ',state="running"')).toBe(0);
    const { status, text } = await service.readiness();
    expect(status).toBe(503);
    expect(text).toContain(`${topic}/${partition} is trying again: `);
    expect(await service.get('/v1/status')).toContain('"state":"retrying"');
    const older = await metric(service, 'lag_seconds');
    await service.until('the lag grows', async () => (await metric(service, 'lag_seconds')) > older);

    await gate.open();
    await service.until('all is stored', isStored);
    await service.ready();
    await service.until('nothing lags', async () => (await metric(service, 'lag_seconds')) === 0);
    expect(await stored()).toEqual({ rows: appended, ids: appended });
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('SIGTERM ends it in order while records stream in and while ClickHouse is away; whoever comes next doubles nothing', async () => {
    const service = await start();
    const last = await metric(service, 'position');
    const loading = (async () => {
      for (let batch = 0; batch < 10; batch++) await append(200);
    })();
    await service.until('some of it is stored', async () => (await metric(service, 'position')) > last);
    expect(await service.end('SIGTERM')).toBe(0);
    await loading;

    const next = await start();
    expect(await stored()).toEqual({ rows: appended, ids: appended });
    await gate.shut();
    await append(5);
    await next.until('an insert fails', async () => (await metric(next, 'state', ',state="retrying"')) === 1);
    expect(await next.end('SIGTERM')).toBe(0);

    await gate.open();
    const third = await start();
    expect(await stored()).toEqual({ rows: appended, ids: appended });
    expect(await third.end('SIGTERM')).toBe(0);
  });
});
