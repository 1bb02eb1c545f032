import { afterEach, describe, expect, test } from '@jest/globals';
import { type Log, memoryLog } from '@resonant/kafka';
import { records, start, stopStarted, worked } from './support/restarts.ts';
import { type Lane, laneOf, until } from './support/running-sum.ts';

afterEach(stopStarted);

describe('a changed partition count', () => {
  const offsetOf = async (log: Log, lane: Lane, metadata: string): Promise<void> => {
    const producer = await log.transactionalProducer('anyone');
    const offsets = { group: lane.group, topic: lane.input, partition: 0, offset: 0, metadata };
    await producer.commit({ records: [], offsets });
  };

  test('is refused at start with what to do', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'count', 4);
    await offsetOf(log, lane, 'partitions=3');
    await expect(start(log, lane)).rejects.toThrow(
      `${lane.input} has 4 partitions, group ${lane.group} worked on it with 3: the count of a topic cannot be changed`,
    );
    await offsetOf(log, lane, 'partitions=4');
    await start(log, lane);
  });

  test('of the state topic alone is refused too', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'state-count', 2);
    const { state } = await laneOf(log, 'other-count', 1);
    await expect(start(log, { ...lane, state })).rejects.toThrow(
      `${state} has 1 partitions, ${lane.input} has 2: both need the same count`,
    );
  });

  test('is noticed by the snapshot too, when the offsets know nothing of it', async () => {
    const { log: old, lane } = await worked('head-count');
    const log = memoryLog();
    await laneOf(log, 'head-count', 2);
    const producer = await log.producer();
    await producer.sendAll(await records(old, lane.state));
    const { tasks } = await start(log, lane);
    await until(() => tasks.ready()?.includes('stopped') === true, 'the refusal');
    expect(tasks.ready()).toMatch(/has 2 partitions, its state was kept for 1: the count cannot be changed/);
  });
});
