import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectKafka, type Log } from '@resonant/kafka';
import { type Restored, type RunningTasks, runTasks } from '@resonant/stream';
import { compacted, prepareCompaction, removeTopics } from '../../packages/kafka/test/kafka-tools.ts';
import { stack } from '../../packages/kafka/test/stack.ts';
import {
  append,
  committedIn,
  type Lane,
  laneOf,
  range,
  runningSum,
  sumsOf,
  until,
} from '../../packages/stream/test/support/running-sum.ts';

let log: Log;
let lane: Lane;
beforeAll(async () => {
  log = connectKafka({ ...stack(), clientId: 'state-compaction' });
  lane = await laneOf(log, `compaction.${randomUUID().slice(0, 8)}`, 1);
});
afterAll(async () => {
  await log.close();
  await removeTopics(lane.input.slice(0, -'in'.length));
});

interface Owner {
  readonly tasks: RunningTasks;
  readonly snapshots: number[];
  readonly restored: Restored[];
}

/** Takes a snapshot whenever something has changed. */
async function start(): Promise<Owner> {
  const [snapshots, restored]: [number[], Restored[]] = [[], []];
  const tasks = await runTasks({
    log,
    group: lane.group,
    topics: [lane.input],
    transactionalIdPrefix: lane.group,
    stateTopic: () => lane.state,
    task: ({ partition }) => runningSum(lane, partition),
    observer: {
      snapshotted: (_, { offset }) => snapshots.push(offset),
      restored: (_, { tookMs: _tookMs, ...restore }) => restored.push(restore),
    },
    limits: { offsetsEveryMs: 20, snapshotEveryMs: 1 },
  });
  return { tasks, snapshots, restored };
}

/** Keys in the state topic as a reader with read_committed finds them, in order. */
async function stateKeys(): Promise<readonly string[]> {
  const keys: string[] = [];
  const follower = await log.follow({
    topic: lane.state,
    onRecords: (_, records) => void keys.push(...records.map(({ key }) => String(key))),
  });
  await follower.caughtUp;
  await follower.stop();
  return keys;
}

/** Appends to the state topic what is no part of any state, so that everything before it may be compacted. */
async function rollSegment(): Promise<void> {
  const producer = await log.producer();
  await producer.send({ topic: lane.state, partition: 0, key: 'filler', value: null });
  await producer.close();
}

test('of a state topic that the broker has compacted the last snapshot is left alone, and restores what it held', async () => {
  const rounds = 20;
  const first = await start();
  for (let round = 0; round < rounds; round++) {
    await append(log, lane, 0, range(round * 10, (round + 1) * 10));
    await until(() => first.snapshots.at(-1) === (round + 1) * 10, 'a snapshot of it');
  }
  await first.tasks.stop();
  const written = await stateKeys();
  const parts = Array.from({ length: 10 }, (_, digit) => `digit/${digit}`);
  expect(new Set(written)).toEqual(new Set([...parts, '#snapshot']));
  // the first of them also clears away whatever stood there before
  expect(written.filter((key) => key === '#snapshot').length).toBe(first.snapshots.length + 1);

  await prepareCompaction(lane.state);
  await rollSegment();
  await compacted(lane.state);
  expect((await stateKeys()).toSorted()).toEqual([...parts, '#snapshot', 'filler'].sort());

  const second = await start();
  const count = rounds * 10;
  await append(log, lane, 0, range(count, count + 20));
  await until(async () => (await committedIn(log, lane.output))[0]?.length === count + 20, 'the outputs');
  expect((await committedIn(log, lane.output))[0]).toEqual(sumsOf(0, range(0, count + 20)));
  expect(second.restored).toEqual([
    { snapshotOffset: first.snapshots.at(-1), reason: null, records: 0, unfinished: 0 },
  ]);
  await second.tasks.stop();
}, 180_000);
