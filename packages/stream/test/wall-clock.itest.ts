import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { connectKafka, encoderFor, type Log } from '@resonant/kafka';
import {
  type Clock,
  EngineTask,
  engineTaskCodecs,
  followRules,
  runTasks,
  Sequencer,
  sequencerSettings,
  systemClock,
} from '../src/index.ts';
import { noEngine } from './support/no-engine.ts';
import { readTopic, signal } from './support/partition-log.ts';
import { until } from './support/running-sum.ts';

jest.setTimeout(60_000);

const { KAFKA_BROKERS = '', SCHEMA_REGISTRY_URL = '' } = process.env;
const hour = 3_600_000;
let log: Log;

beforeAll(() => {
  if (KAFKA_BROKERS === '' || SCHEMA_REGISTRY_URL === '') {
    throw new Error(
      'set KAFKA_BROKERS and SCHEMA_REGISTRY_URL: these tests run on the real stack (npm test starts it)',
    );
  }
  log = connectKafka({ brokers: KAFKA_BROKERS.split(','), registryUrl: SCHEMA_REGISTRY_URL, clientId: 'wall-clock' });
});
afterAll(() => log.close());

/** Ticks of a partition of its own, whose owner's host is off by `skewMs`, with the broker's stamps. */
async function ticksOf(skewMs: number, corrections: number[]) {
  const topic = `test.wall-clock.${randomUUID().slice(0, 8)}`;
  const admin = await log.admin();
  await admin.ensureTopics([{ name: topic, records: [], cleanup: 'delete', retentionMs: hour, stamps: 'append' }], 1);
  const encode = await encoderFor(log, topic, 'Signal');
  const producer = await log.producer();
  await producer.send({ topic, partition: 0, key: 'k', value: encode(signal('s', Date.now())) });
  const clock: Clock = { ...systemClock, now: () => Date.now() + skewMs };
  const [codecs, book] = [await engineTaskCodecs(log), await followRules(log)];
  const settings = await sequencerSettings({
    ...{ log, keyspace: 'region', admin, book, clock, mode: 'wall' },
    failed: () => undefined,
    clockCorrected: (_, ms) => corrections.push(ms),
  });
  const tasks = await runTasks({
    log,
    group: topic,
    topics: [topic],
    transactionalIdPrefix: topic,
    task: (at) => new EngineTask({ engine: () => noEngine, sequencer: new Sequencer(settings, at), codecs, clock }),
  });
  const ticks = async () =>
    (await readTopic(log, topic)).flatMap(({ record, decoded }) =>
      decoded.type === 'Tick' ? [{ at: decoded.value.at, stampedAt: record.timestamp }] : [],
    );
  await until(async () => (await ticks()).length >= 5, 'five ticks', 30_000);
  await tasks.stop();
  await book.stop();
  return ticks();
}

test.each([
  ['right', 0],
  ['an hour ahead', hour],
  ['an hour behind', -hour],
])('on the real broker a host whose clock is %s appends ticks of the broker’s time', async (_, skewMs) => {
  const corrections: number[] = [];
  const ticks = await ticksOf(skewMs, corrections);
  for (const { at, stampedAt } of ticks) expect(Math.abs(at - stampedAt)).toBeLessThan(10_000);
  expect(ticks.map(({ at }) => at)).toEqual(ticks.map(({ at }) => at).toSorted((a, b) => a - b));
  expect(corrections.length).toBe(skewMs === 0 ? 0 : 1);
  expect(Math.abs((corrections[0] ?? 0) + skewMs)).toBeLessThan(10_000);
});
