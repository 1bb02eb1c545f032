import { afterEach, describe, expect, test } from '@jest/globals';
import { type Log, MemoryBroker, memoryLog } from '@resonant/kafka';
import { type RunningTasks, runTasks } from '../src/index.ts';
import { append, committedIn, type Lane, laneOf, range, runningSum, sumsOf, until } from './support/running-sum.ts';

const running: RunningTasks[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((tasks) => tasks.stop()));
});

interface Started {
  readonly tasks: RunningTasks;
  readonly made: number[];
  readonly errors: string[];
}

async function start(log: Log, lane: Lane): Promise<Started> {
  const made: number[] = [];
  const errors: string[] = [];
  const tasks = await runTasks({
    log,
    group: lane.group,
    topics: [lane.input],
    transactionalIdPrefix: lane.group,
    task: ({ partition }) => {
      made.push(partition);
      return runningSum(lane, partition);
    },
    observer: { aborted: (_, error) => errors.push(error.message) },
    limits: { sessionTimeoutMs: 50, offsetsEveryMs: 20, finishWithinMs: 500 },
  });
  running.push(tasks);
  return { tasks, made, errors };
}

const count = async (log: Log, lane: Lane): Promise<number> => (await committedIn(log, lane.output)).flat().length;

describe('taking over', () => {
  test('a transaction that the former owner ends at the last moment is seen: offsets are read after fencing', async () => {
    const broker = new MemoryBroker();
    const former = memoryLog({ broker });
    const lane = await laneOf(former, 'last-moment', 1);
    let commits = 0;
    let commitNow = () => {};
    const moment = new Promise<void>((resolve) => {
      commitNow = resolve;
    });
    let lastCommit: Promise<void> | undefined;
    const slow: Log = {
      ...former,
      transactionalProducer: async (id, options) => {
        const producer = await former.transactionalProducer(id, options);
        return {
          commit: (transaction) => {
            if (++commits === 1) return producer.commit(transaction);
            lastCommit ??= moment.then(() => producer.commit(transaction));
            return lastCommit;
          },
          close: () => producer.close(),
        };
      },
    };
    await start(slow, lane);
    await append(former, lane, 0, range(0, 5));
    await until(async () => (await count(former, lane)) === 5, 'the first outputs');
    await append(former, lane, 0, range(5, 10));
    await until(() => lastCommit !== undefined, 'a transaction about to be committed');
    former.kill();

    const log = memoryLog({ broker });
    const patient: Log = {
      ...log,
      transactionalProducer: async (id, options) => {
        commitNow();
        await lastCommit;
        return log.transactionalProducer(id, options);
      },
    };
    await start(patient, lane);
    await append(log, lane, 0, [10]);
    await until(async () => (await count(log, lane)) >= 11, 'all outputs');
    expect(await committedIn(log, lane.output)).toEqual([sumsOf(0, range(0, 11))]);
  });

  test('a partition that comes back after another owner worked on it is restored, without an attempt that fails', async () => {
    const broker = new MemoryBroker();
    const log = memoryLog({ broker });
    const lane = await laneOf(log, 'back', 2);
    const first = await start(log, lane);
    await append(log, lane, 0, range(0, 5));
    await append(log, lane, 1, range(0, 5));
    await until(async () => (await count(log, lane)) === 10, 'the first outputs');
    const second = await start(memoryLog({ broker }), lane);
    await until(() => second.tasks.status()[0]?.state === 'running', 'the second process to own one');
    const moved = second.tasks.status()[0]?.partition ?? -1;
    await append(log, lane, moved, range(5, 10));
    await until(async () => (await count(log, lane)) === 15, 'the outputs of the second process');
    running.splice(running.indexOf(second.tasks), 1);
    await second.tasks.stop();
    await append(log, lane, moved, range(10, 15));
    await until(async () => (await count(log, lane)) >= 20, 'all outputs');
    expect((await committedIn(log, lane.output))[moved]).toEqual(sumsOf(moved, range(0, 15)));
    expect([first.made, first.errors]).toEqual([[0, 1, moved], []]);
  });
});
