import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ClickHouse, migrate } from '@resonant/clickhouse';
import { type DeadLetter, deadLettersTopic, type Erasure, erasuresTopic, topics } from '@resonant/contracts';
import { encoderFor, erasureWriter, MemoryBroker, type MemoryLog, memoryLog, readTopic } from '@resonant/kafka';
import { createLogger, Metrics } from '@resonant/service';
import { erasuresComponent } from '../../services/history/src/erasures.ts';
import { streamMetrics } from '../../services/history/src/stream-metrics.ts';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';
import { at, emails, mail, party } from './support/persons.ts';
import { storeRange } from './support/stored-range.ts';

const garbage = Buffer.from([0xde, 0xad, 0, 0xff]);
const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const erasureOf = (address: string, over: Partial<Erasure> = {}): Erasure => ({
  ...{ erasureId: `e-${address}`, part: 0, reason: 'ticket 88', erasedBy: 'dpo', erasedAt: at + 86_400_000 },
  keys: [keyOf(`email:${address}`)],
  ...over,
});

let own: OwnEndpoint;
let clickhouse: ClickHouse;
const broker = new MemoryBroker();
let log: MemoryLog;

beforeAll(async () => {
  own = await ownEndpoint();
  clickhouse = own.clickhouse;
  await migrate(clickhouse, 'embedded');
  for (const topic of topics) {
    if (topic.name === erasuresTopic || topic.name === deadLettersTopic) broker.createTopic(topic, 1);
  }
  log = memoryLog({ broker });
  const encode = await encoderFor(log, erasuresTopic, 'Erasure');
  const producer = await log.producer();
  const send = (key: string, value: Buffer) => producer.send({ topic: erasuresTopic, key, value });
  await send('bad/0', garbage);
  // what the engine would refuse
  await send('bad/1', encode(erasureOf('zoe@acme.example', { keys: ['zoe@acme.example'] })));
  const writer = await erasureWriter(log);
  await writer.write(erasureOf('ann@acme.example'));
  await writer.close();
  await producer.close();
}, 180_000);
afterAll(async () => {
  await log.close();
  await own.close();
}, 180_000);

/** Starts the component as a process does; what it says of itself, its metrics, and what is put aside by now. */
async function start() {
  const metrics = new Metrics();
  const { value, degraded } = await erasuresComponent({
    ...{ log, clickHouse: clickhouse, config: { CLICKHOUSE_FAMILY: 'embedded' }, metrics },
    ...{ logger: createLogger('history', 'silent'), streams: streamMetrics(metrics), now: () => at },
  }).start();
  const text = await metrics.render();
  return {
    value: value.standing,
    degraded: degraded?.(),
    damaged: /^resonant_history_damaged_erasures (\d+)$/m.exec(text)?.[1],
    rejected: /^resonant_history_rejected_total\{.*\} (\d+)$/m.exec(text)?.[1],
  };
}

const letters = async (): Promise<readonly DeadLetter[]> =>
  (await readTopic(log, deadLettersTopic)).flatMap(({ type, value }) => (type === 'DeadLetter' ? value : []));

test('damaged records keep nobody else from being known, are put aside with their bytes, and are told', async () => {
  const first = await start();
  expect(first).toMatchObject({ value: { parts: 1 }, damaged: '2', rejected: '2' });
  expect(first.value.damaged.map(({ record, reason }) => [record.offset, reason])).toEqual([
    [0, 'undecodable-record'],
    [1, 'unstorable-record'],
  ]);
  expect(first.degraded).toMatch(/^2 of resonant\.erasures\.v1 cannot be read \(partition\/offset 0\/0, 0\/1\)/);
  expect(await letters()).toEqual([
    expect.objectContaining({
      ...{ source: 'history', origin: `${erasuresTopic}/0/0`, reason: 'undecodable-record', payload: garbage },
      ...{ key: Buffer.from('bad/0'), at },
    }),
    expect.objectContaining({ origin: `${erasuresTopic}/0/1`, reason: 'unstorable-record' }),
  ]);
  await storeRange(clickhouse, { topic: emails, partition: 0, first: 0, last: 1 }, [
    { offset: 0, value: ['EmailTouchpoint', mail('of-ann', party({ email: 'ann@acme.example' }))] },
    { offset: 1, value: ['EmailTouchpoint', mail('of-bob', party({ email: 'bob@acme.example' }))] },
  ]);
  expect(await clickhouse.query('SELECT event_id AS id FROM resonant.touchpoints')).toEqual([{ id: 'emails:of-bob' }]);
}, 180_000);

test('the next start tells of them again and puts nothing aside again, also before history has stored the letters', async () => {
  expect(await start()).toMatchObject({ value: { parts: 1 }, damaged: '2', rejected: undefined });
  expect(await letters()).toHaveLength(2);
}, 180_000);

test('nor does it once history alone has the letters, since the log does not keep them as long', async () => {
  const kept = await letters();
  await storeRange(
    clickhouse,
    { topic: deadLettersTopic, partition: 0, first: 0, last: 1 },
    kept.map((letter, offset) => ({ offset, value: ['DeadLetter', letter] as const })),
  );
  const end = (await (await log.admin()).offsets(deadLettersTopic))[0]?.latest ?? 0;
  log.deleteBefore(deadLettersTopic, 0, end);
  expect(await letters()).toEqual([]);
  expect(await start()).toMatchObject({ damaged: '2', rejected: undefined });
  expect(await letters()).toEqual([]);
}, 180_000);

test('two processes that start at once put a record aside once', async () => {
  const producer = await log.producer();
  await producer.send({ topic: erasuresTopic, key: 'bad/2', value: garbage });
  await producer.close();
  const started = await Promise.all([start(), start(), start()]);
  expect(started.map(({ damaged }) => damaged)).toEqual(['3', '3', '3']);
  expect(started.filter(({ rejected }) => rejected === '1')).toHaveLength(1);
  expect(await letters()).toEqual([expect.objectContaining({ origin: `${erasuresTopic}/0/3`, payload: garbage })]);
}, 180_000);

test('a record with a tombstone under its key is told no more', async () => {
  const producer = await log.producer();
  for (const key of ['bad/0', 'bad/1', 'bad/2']) await producer.send({ topic: erasuresTopic, key, value: null });
  await producer.close();
  expect(await start()).toMatchObject({ value: { parts: 1, damaged: [] }, degraded: undefined, damaged: '0' });
}, 180_000);
