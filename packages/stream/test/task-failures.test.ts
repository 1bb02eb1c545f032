import { afterEach, describe, expect, test } from '@jest/globals';
import { ResonantError } from '@resonant/contracts';
import { type Log, MemoryBroker, type MemoryLog, memoryLog } from '@resonant/kafka';
import { type RunningTasks, runTasks, type TaskLimits, type TaskProcessor } from '../src/index.ts';
import { faultyScheduler, mortal, seeded } from './support/faults.ts';
import { append, committedIn, type Lane, laneOf, range, runningSum, sumsOf, until } from './support/running-sum.ts';

const running = new Set<RunningTasks>();
afterEach(async () => {
  await Promise.all([...running].map((tasks) => tasks.stop()));
  running.clear();
});

interface Started {
  readonly tasks: RunningTasks;
  readonly made: number[];
  readonly errors: string[];
}

async function start(
  log: Log,
  lane: Lane,
  hooks: (partition: number) => Partial<TaskProcessor> = () => ({}),
  limits: Partial<TaskLimits> = {},
): Promise<Started> {
  const made: number[] = [];
  const errors: string[] = [];
  const tasks = await runTasks({
    log,
    group: lane.group,
    topics: [lane.input],
    transactionalIdPrefix: lane.group,
    stateTopic: () => lane.state,
    task: ({ partition }) => {
      made.push(partition);
      return runningSum(lane, partition, hooks(partition));
    },
    observer: { aborted: (_, error) => errors.push(error.message) },
    limits: { sessionTimeoutMs: 50, offsetsEveryMs: 20, commitTimeoutMs: 500, finishWithinMs: 500, ...limits },
  });
  running.add(tasks);
  return { tasks, made, errors };
}

const count = async (log: Log, lane: Lane): Promise<number> => (await committedIn(log, lane.output)).flat().length;

const points = [
  'transaction.init.request',
  'transaction.init.response',
  'transaction.send.request',
  'transaction.send.response',
  'transaction.offsets.request',
  'transaction.offsets.response',
  'transaction.commit.request',
  'transaction.commit.response',
  'admin',
];

describe('when something fails', () => {
  test.each(points)('%s: the task begins again at the committed offset, outputs come once', async (point) => {
    let failing = 0;
    let spared = 0;
    const log = memoryLog({ scheduler: faultyScheduler((at) => at === point && spared-- <= 0 && failing-- > 0) });
    const lane = await laneOf(log, 'fault', 1);
    await append(log, lane, 0, range(0, 10));
    failing = 1;
    // the three questions before the group is joined: a process that cannot ask them does not start
    if (point === 'admin') spared = 3;
    const { errors } = await start(log, lane);
    await until(async () => (await count(log, lane)) >= 10, 'the first outputs');
    failing = 1;
    await append(log, lane, 0, range(10, 20));
    await until(async () => (await count(log, lane)) >= 20, 'all outputs');
    failing = 0;
    expect(await committedIn(log, lane.output)).toEqual([sumsOf(0, range(0, 20))]);
    const refusals = errors.length;
    expect(refusals).toBe(point.startsWith('transaction.init') || point === 'admin' ? 1 : 2);
  });

  test('a transaction without an end counts as failed after its time, and outputs come once', async () => {
    const broker = new MemoryBroker();
    const log = memoryLog({ broker });
    const lane = await laneOf(log, 'hanging', 1);
    let hanging = 1;
    const slow: Log = {
      ...log,
      transactionalProducer: async (id, options) => {
        const producer = await log.transactionalProducer(id, options);
        return {
          commit: (transaction) => (hanging-- > 0 ? new Promise(() => undefined) : producer.commit(transaction)),
          close: () => producer.close(),
        };
      },
    };
    await append(log, lane, 0, range(0, 5));
    const { errors } = await start(slow, lane, undefined, { commitTimeoutMs: 30 });
    await until(async () => (await count(log, lane)) >= 5, 'the outputs');
    expect(await committedIn(log, lane.output)).toEqual([sumsOf(0, range(0, 5))]);
    expect(errors).toEqual([`the transaction up to offset 5 of ${lane.input}/0 did not end within 30 ms`]);
  });

  test('a processor that throws once is made anew with what the log says', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'throwing', 1);
    let throwing = 1;
    const sum = runningSum(lane, 0);
    const { made, errors } = await start(log, lane, (partition) => {
      const inner = runningSum(lane, partition);
      return {
        process: (records, batch) => {
          if (records.length > 0 && throwing-- === 1) throw new Error('a defect');
          return inner.process(records, batch);
        },
      };
    });
    await append(log, lane, 0, range(0, 5));
    await until(async () => (await count(log, lane)) >= 5, 'the outputs');
    expect(await committedIn(log, lane.output)).toEqual([sumsOf(0, range(0, 5))]);
    expect([made, errors, sum.restore]).toEqual([[0, 0], ['a defect'], 'replay']);
  });

  test('a preparation that waits without end holds up neither a rebalance nor the end', async () => {
    const broker = new MemoryBroker();
    const lane = await laneOf(memoryLog({ broker }), 'preparing', 1);
    await append(memoryLog({ broker }), lane, 0, range(0, 5));
    let isWaiting = false;
    const prepare = () => {
      isWaiting = true;
      return new Promise<void>(() => undefined);
    };
    const { tasks } = await start(memoryLog({ broker }), lane, () => ({ prepare }));
    await until(() => isWaiting, 'the preparation');
    await tasks.stop();
    running.delete(tasks);
    const other = memoryLog({ broker });
    await start(other, lane);
    await until(async () => (await count(other, lane)) >= 5, 'the outputs of the next owner');
    expect(await committedIn(other, lane.output)).toEqual([sumsOf(0, range(0, 5))]);
  });

  test('a zombie that goes on after its session says nothing', async () => {
    const broker = new MemoryBroker();
    const zombie = memoryLog({ broker });
    const lane = await laneOf(zombie, 'zombie', 1);
    await append(zombie, lane, 0, range(0, 10));
    let release = () => {};
    let isHeld = false;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = await start(zombie, lane, (partition) => {
      const inner = runningSum(lane, partition);
      return {
        process: async (records, batch) => {
          if (records.some((record) => record.offset >= 10)) {
            isHeld = true;
            await held;
          }
          return inner.process(records, batch);
        },
      };
    });
    await until(async () => (await count(zombie, lane)) === 10, 'the first outputs');
    await append(zombie, lane, 0, range(10, 20));
    await until(() => isHeld, 'the zombie in the middle of its work');
    zombie.kill();
    const log = memoryLog({ broker });
    await start(log, lane);
    await until(async () => (await count(log, lane)) >= 20, 'the outputs of the new owner');
    release();
    await until(() => first.errors.length >= 2, 'the zombie to learn that it is fenced, and that it is no member');
    await append(log, lane, 0, [20]);
    await until(async () => (await count(log, lane)) >= 21, 'one more output');
    expect(await committedIn(log, lane.output)).toEqual([sumsOf(0, range(0, 21))]);
    expect(first.errors.slice(0, 2)).toEqual([
      `another producer has taken over ${lane.group}-0`,
      `no longer a member of ${lane.group}`,
    ]);
  });

  test('a process that dies in the middle leaves nothing half done', async () => {
    const broker = new MemoryBroker();
    const dying = mortal(memoryLog({ broker }));
    const lane = await laneOf(dying.log, 'dying', 2);
    await start(dying.log, lane);
    const log = memoryLog({ broker });
    for (let value = 0; value < 40; value++) await append(log, lane, value % 2, [value]);
    await until(async () => (await count(log, lane)) >= 20, 'half of the outputs');
    dying.die();
    running.clear();
    await append(log, lane, 0, [100, 102]);
    await start(log, lane);
    await until(async () => (await count(log, lane)) >= 42, 'all outputs');
    const even = range(0, 20).map((index) => index * 2);
    const odd = even.map((value) => value + 1);
    expect(await committedIn(log, lane.output)).toEqual([sumsOf(0, [...even, 100, 102]), sumsOf(1, odd)]);
  });

  test.each(range(1, 26))(
    'seed %i: faults at any step, snapshots, processes that come and go; outputs come once',
    async (seed) => {
      const random = seeded(seed);
      let isCalm = true;
      const at = /^(transaction|admin|heartbeat)/;
      const broker = new MemoryBroker(faultyScheduler((point) => !isCalm && at.test(point) && random() < 0.06));
      const outside = memoryLog({ broker });
      const lane = await laneOf(outside, 'seed', 3);
      const processes: { readonly tasks: RunningTasks; die(): void }[] = [];
      isCalm = false;
      for (let round = 0; round < 30; round++) {
        const dice = random();
        if (round === 0 || dice < 0.15) {
          const process = mortal(memoryLog({ broker }));
          const snapshots = { snapshotEveryMs: 5 };
          const started = await start(process.log, lane, undefined, snapshots).catch(() => undefined);
          if (started !== undefined) processes.push({ tasks: started.tasks, die: process.die });
        } else if (dice < 0.25) {
          const [dying] = processes.splice(Math.floor(random() * processes.length), 1);
          dying?.die();
          if (dying !== undefined) running.delete(dying.tasks);
        } else if (dice < 0.3) {
          const [leaving] = processes.splice(Math.floor(random() * processes.length), 1);
          await leaving?.tasks.stop();
        }
        for (const partition of [0, 1, 2]) await append(outside, lane, partition, [round, round + 1]);
        if (dice > 0.8) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      isCalm = true;
      await start(memoryLog({ broker }), lane);
      await until(async () => (await count(outside, lane)) >= 180, 'all outputs');
      const values = range(0, 30).flatMap((round) => [round, round + 1]);
      expect(await committedIn(outside, lane.output)).toEqual([0, 1, 2].map((partition) => sumsOf(partition, values)));
    },
  );
});

describe('a log that is too slow for what a task puts out', () => {
  /** Each record of a transaction takes the log so long that `most` of them are too many for the time that it has. */
  const slow = (log: MemoryLog, most: number, sizes: number[]): Log => ({
    ...log,
    transactionalProducer: async (id, options) => {
      const producer = await log.transactionalProducer(id, options);
      const share = (options?.timeoutMs ?? 0) / limits.transactionTimeoutMs;
      return {
        commit: async (transaction) => {
          const { length } = transaction.records;
          if (length > most * share) throw new ResonantError('log-unavailable', 'the transaction took too long');
          await producer.commit(transaction);
          sizes.push(length);
        },
        close: () => producer.close(),
      };
    },
  });
  const limits = { transactionTimeoutMs: 1000, snapshotEveryMs: 20 };

  test.each([
    ['gets transactions of fewer records', 20, 1],
    ['gets more time for what one record leads to', 60, 100],
  ])('%s', async (_, most, outputsOfEach) => {
    const log = memoryLog();
    const lane = await laneOf(log, 'too-slow', 1);
    const numbers = range(0, 1000 / outputsOfEach);
    await append(log, lane, 0, numbers);
    const sizes: number[] = [];
    const tasks = await runTasks({
      log: slow(log, most, sizes),
      group: lane.group,
      topics: [lane.input],
      transactionalIdPrefix: lane.group,
      stateTopic: () => lane.state,
      task: ({ partition }) => {
        const { process, ...inner } = runningSum(lane, partition);
        const many: TaskProcessor['process'] = async (records, batch) =>
          (await process(records, batch)).flatMap((record) => Array.from({ length: outputsOfEach }, () => record));
        return { ...inner, process: many };
      },
      limits: { sessionTimeoutMs: 50, offsetsEveryMs: 20, finishWithinMs: 2000, ...limits },
    });
    running.add(tasks);
    await until(async () => (await count(log, lane)) === 1000, 'all outputs', 30_000);
    expect((await committedIn(log, lane.output))[0]).toEqual(
      sumsOf(0, numbers).flatMap((sum) => Array.from({ length: outputsOfEach }, () => sum)),
    );
    expect(sizes.filter((size) => size > Math.max(most, outputsOfEach))).toEqual([]);
  });
});
