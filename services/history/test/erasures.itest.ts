import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { connectClickHouse } from '@resonant/clickhouse';
import { deadLettersTopic, erasuresTopic } from '@resonant/contracts';
import { connectKafka, erasureWriter, type Log, readTopic } from '@resonant/kafka';
import { HistoryProcess } from './history-process.ts';

jest.setTimeout(300_000);

const names = [
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'CLICKHOUSE_URL',
  'CLICKHOUSE_USER',
  'CLICKHOUSE_PASSWORD',
] as const;
// the stack is shared: everything of one run carries its name
const run = `it-${randomUUID().slice(0, 8)}`;
const garbage = Buffer.from(`no Avro ${run}`);

let env: Record<string, string>;
let log: Log;
const running: HistoryProcess[] = [];

beforeAll(() => {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    throw new Error(`set ${missing.join(', ')}: these tests run on the real stack (npm test starts it)`);
  }
  env = Object.fromEntries(names.map((name) => [name, process.env[name] as string]));
  log = connectKafka({
    brokers: (env.KAFKA_BROKERS as string).split(','),
    registryUrl: env.SCHEMA_REGISTRY_URL as string,
    clientId: run,
  });
});
afterEach(() => Promise.all(running.splice(0).map((service) => service.end('SIGKILL'))));
afterAll(() => log?.close());

async function send(value: Buffer | null) {
  const producer = await log.producer();
  const appended = await producer.send({ topic: erasuresTopic, key: run, value });
  await producer.close();
  return appended;
}

async function start(): Promise<HistoryProcess> {
  const service = new HistoryProcess({ ...env, RESONANT_INSTANCE_ID: run });
  running.push(service);
  await service.ready();
  return service;
}

const lettersOf = async (origin: string) =>
  (await readTopic(log, deadLettersTopic)).flatMap(({ type, value }) =>
    type === 'DeadLetter' && value.origin === origin ? value : [],
  );

test('a damaged erasure keeps the service from nothing; it is told at each start and put aside at the first', async () => {
  const { partition, offset } = await send(garbage);
  const origin = `${erasuresTopic}/${partition}/${offset}`;
  const damaged = [expect.objectContaining({ topic: erasuresTopic, partition, offset, reason: 'undecodable-record' })];
  for (const rejected of [1, 0]) {
    const service = await start();
    const { erasures } = JSON.parse(await service.get('/v1/status')) as { erasures: unknown };
    expect(erasures).toEqual({ parts: expect.any(Number), damaged });
    expect(await service.get('/metrics')).toContain('\nresonant_history_damaged_erasures 1\n');
    const counted = `resonant_history_rejected_total{topic="${erasuresTopic}",partition="${partition}"} 1\n`;
    expect((await service.get('/metrics')).includes(counted)).toBe(rejected === 1);
    const said = service.output.split('\n').filter((line) => line.includes('an erasure cannot be read'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`"partition":${partition},"offset":${offset}`);
    expect((await service.readiness()).text).toContain(`1 of ${erasuresTopic} cannot be read`);
    expect(await lettersOf(origin)).toEqual([expect.objectContaining({ source: 'history', payload: garbage })]);
    expect(await service.end('SIGTERM')).toBe(0);
  }
  await send(null);
  const service = await start();
  expect(await service.get('/metrics')).toContain('\nresonant_history_damaged_erasures 0\n');
  expect((await service.readiness()).text).not.toContain(erasuresTopic);
});

test('a running service has ClickHouse know again of an erasure that a restore took away, within a look or two', async () => {
  const { CLICKHOUSE_URL: url = '', CLICKHOUSE_USER: user = '', CLICKHOUSE_PASSWORD: password = '' } = env;
  const clickHouse = connectClickHouse({ url, user, password, application: run });
  const known = async (): Promise<number> => {
    const rows = await clickHouse.query('SELECT key FROM resonant.erased_keys WHERE erasure_id = {run:String}', {
      params: { run },
    });
    return rows.length;
  };
  const writer = await erasureWriter(log);
  const keys = [createHash('sha256').update(`contact:${run}`).digest('hex')];
  await writer.write({ erasureId: run, part: 0, reason: 'ticket 88', erasedBy: 'dpo', erasedAt: Date.now(), keys });
  await writer.close();
  const service = await start();
  expect(await known()).toBe(1);
  await clickHouse.command(
    `ALTER TABLE resonant.erased_keys DELETE WHERE erasure_id = '${run}' SETTINGS mutations_sync = 2`,
  );
  expect(await known()).toBe(0);
  await service.until('it is known again', async () => (await known()) === 1);
  await service.until('it says so', async () => service.output.includes('history may have been restored'));
  expect(await service.end('SIGTERM')).toBe(0);
  await clickHouse.close();
});
