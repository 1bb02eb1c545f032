import { expect } from '@jest/globals';
import { type Log, MemoryBroker, type MemoryLog, memoryLog, type NewRecord } from '@resonant/kafka';
import { type Restored, type RunningTasks, runTasks, type TaskProcessor } from '../../src/index.ts';
import { append, committedIn, type Lane, laneOf, range, runningSum, until } from './running-sum.ts';

/** What is stopped after a test. */
export const running = new Set<RunningTasks>();
/** Stops what `start` started and was not stopped. */
export async function stopStarted(): Promise<void> {
  await Promise.all([...running].map((tasks) => tasks.stop()));
  running.clear();
}

/** A process, and what it has told. */
export interface Started {
  readonly tasks: RunningTasks;
  readonly restored: Restored[];
  /** Offsets of complete snapshots. */
  readonly snapshots: number[];
  /** And how many pieces each was written in. */
  readonly pieces: number[];
  /** Why tasks ended without one. */
  readonly left: string[];
  stop(): Promise<void>;
}

/** Starts a process that sums up a lane and keeps snapshots of it. */
export async function start(
  log: Log,
  lane: Lane,
  options: {
    readonly task?: () => TaskProcessor;
    readonly snapshotEveryMs?: number;
    readonly sessionTimeoutMs?: number;
    readonly finishWithinMs?: number;
    readonly restoreStepMs?: number;
  } = {},
): Promise<Started> {
  const restored: Restored[] = [];
  const snapshots: number[] = [];
  const pieces: number[] = [];
  const left: string[] = [];
  const tasks = await runTasks({
    log,
    group: lane.group,
    topics: [lane.input],
    transactionalIdPrefix: lane.group,
    stateTopic: () => lane.state,
    task: options.task ?? (({ partition }) => runningSum(lane, partition)),
    observer: {
      restored: (_, { tookMs: _tookMs, ...restore }) => restored.push(restore),
      snapshotted: (_, snapshot) => {
        snapshots.push(snapshot.offset);
        pieces.push(snapshot.pieces);
      },
      leftOpen: (_, why) => left.push(why),
    },
    limits: {
      sessionTimeoutMs: options.sessionTimeoutMs ?? 50,
      offsetsEveryMs: 20,
      finishWithinMs: options.finishWithinMs ?? 2000,
      snapshotEveryMs: options.snapshotEveryMs ?? 60_000,
      restoreStepMs: options.restoreStepMs ?? 5,
    },
  });
  running.add(tasks);
  const stop = async (): Promise<void> => {
    running.delete(tasks);
    await tasks.stop();
  };
  return { tasks, restored, snapshots, pieces, left, stop };
}

/** What has been committed of a lane of one partition. */
export const outputs = async (log: Log, lane: Lane): Promise<string[]> =>
  (await committedIn(log, lane.output))[0] ?? [];
/** Resolves once so much was committed. */
export const said = (log: Log, lane: Lane, count: number): Promise<void> =>
  until(async () => (await outputs(log, lane)).length >= count, `${count} outputs`);

/** A lane with ten numbers that a process has summed up before it left with a snapshot. */
export async function worked(id: string): Promise<{ readonly log: MemoryLog; readonly lane: Lane }> {
  const broker = new MemoryBroker();
  const first = memoryLog({ broker });
  const lane = await laneOf(first, id, 1);
  await append(first, lane, 0, range(0, 10));
  const former = await start(first, lane);
  await said(first, lane, 10);
  await former.stop();
  expect(former.snapshots).toEqual([10]);
  return { log: memoryLog({ broker }), lane };
}

/** What stands in a topic of one partition. */
export async function records(log: Log, topic: string): Promise<NewRecord[]> {
  const found: NewRecord[] = [];
  const follower = await log.follow({
    topic,
    onRecords: (_, read) => {
      for (const { key, value } of read) found.push({ topic, partition: 0, key, value });
    },
  });
  await follower.caughtUp;
  await follower.stop();
  return found;
}

/** Why a process refuses a partition. */
export const stopped = async (log: Log, lane: Lane, task?: () => TaskProcessor): Promise<string | undefined> => {
  const { tasks } = await start(log, lane, task === undefined ? {} : { task });
  await until(() => tasks.status()[0]?.state === 'stopped', 'the refusal');
  return tasks.ready();
};
