import { afterEach, describe, expect, test } from '@jest/globals';
import { type Log, MemoryBroker, memoryLog } from '@resonant/kafka';
import { type RunningTasks, runTasks, type TaskLimits, type TaskProcessor } from '../src/index.ts';
import { append, committedIn, type Lane, laneOf, range, runningSum, sumsOf, until } from './support/running-sum.ts';

const running: RunningTasks[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((tasks) => tasks.stop()));
});

async function start(
  log: Log,
  lane: Lane,
  task: (partition: number) => TaskProcessor,
  limits: Partial<TaskLimits> = {},
): Promise<RunningTasks> {
  const tasks = await runTasks({
    log,
    group: lane.group,
    topics: [lane.input],
    transactionalIdPrefix: lane.group,
    task: ({ partition }) => task(partition),
    limits: { offsetsEveryMs: 20, finishWithinMs: 300, ...limits },
  });
  running.push(tasks);
  return tasks;
}

const outputs = async (log: Log, lane: Lane, partition = 0): Promise<string[]> =>
  (await committedIn(log, lane.output))[partition] ?? [];

describe('flow', () => {
  test('one slow partition holds up no other, and fetches no more than its queue takes', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'slow', 2);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const tasks = await start(
      log,
      lane,
      (partition) => {
        const inner = runningSum(lane, partition);
        return partition === 1
          ? inner
          : { ...inner, process: (records, batch) => held.then(() => inner.process(records, batch)) };
      },
      { maxQueuedRecords: 1000, maxBatchRecords: 100 },
    );
    await append(log, lane, 0, range(0, 5000));
    await append(log, lane, 1, range(0, 5000));
    await until(async () => (await outputs(log, lane, 1)).length === 5000, 'the other partition');
    const slow = tasks.status().find((task) => task.partition === 0);
    // the batch that overfilled the queue is in it; 100 records are with the processor
    expect([slow?.position, slow?.queued]).toEqual([0, 1400]);
    release();
    await until(async () => (await outputs(log, lane)).length === 5000, 'the slow partition');
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 5000)));
  });

  test('transactions that lag behind stop the processing, not the memory', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'pressure', 1);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Log = {
      ...log,
      transactionalProducer: async (id, options) => {
        const producer = await log.transactionalProducer(id, options);
        return {
          commit: (transaction) => held.then(() => producer.commit(transaction)),
          close: () => producer.close(),
        };
      },
    };
    const limits = { maxPendingOutputs: 300, maxQueuedRecords: 500, maxBatchRecords: 100 };
    const tasks = await start(slow, lane, (partition) => runningSum(lane, partition), limits);
    await append(log, lane, 0, range(0, 3000));
    await until(() => (tasks.status()[0]?.queued ?? 0) > 500, 'a full queue');
    await until(() => tasks.status()[0]?.position === 400, 'pending outputs at their limit');
    release();
    await until(async () => (await outputs(log, lane)).length === 3000, 'everything');
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 3000)));
  });

  test('who keeps a partition across a rebalance keeps its memory; who gets one restores it', async () => {
    const broker = new MemoryBroker();
    const [first, second] = [memoryLog({ broker }), memoryLog({ broker })];
    const lane = await laneOf(first, 'sticky', 2);
    const made: string[] = [];
    const task = (name: string) => (partition: number) => {
      made.push(`${name}/${partition}`);
      return runningSum(lane, partition);
    };
    await append(first, lane, 0, range(0, 50));
    await append(first, lane, 1, range(0, 50));
    await start(first, lane, task('first'));
    await until(async () => (await committedIn(first, lane.output)).flat().length === 100, 'the first outputs');
    const later = await start(second, lane, task('second'));
    await until(() => later.status()[0]?.state === 'running', 'the second process to own one');
    const moved = later.status()[0]?.partition ?? -1;
    await append(first, lane, 0, range(50, 60));
    await append(first, lane, 1, range(50, 60));
    await until(async () => (await committedIn(first, lane.output)).flat().length === 120, 'all outputs');
    expect(await committedIn(first, lane.output)).toEqual([sumsOf(0, range(0, 60)), sumsOf(1, range(0, 60))]);
    expect(made).toEqual(['first/0', 'first/1', `second/${moved}`]);
  });

  test('offsets are committed without outputs, and passed says what nothing waits for', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'silent', 1);
    const tasks = await start(log, lane, () => ({ restore: 'none', process: () => [] }));
    await append(log, lane, 0, range(0, 7));
    await until(() => tasks.status()[0]?.committed === 7, 'the offsets');
    expect(tasks.status()[0]).toMatchObject({ state: 'running', position: 7, passed: 7, oldestWaitingAt: null });
  });

  test('stop commits what was decided and ends in time even if the log hangs', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'stop', 1);
    let isHanging = false;
    const hanging: Log = {
      ...log,
      transactionalProducer: async (id, options) => {
        const producer = await log.transactionalProducer(id, options);
        return {
          commit: (transaction) => (isHanging ? new Promise(() => undefined) : producer.commit(transaction)),
          close: () => producer.close(),
        };
      },
    };
    const tasks = await start(hanging, lane, (partition) => runningSum(lane, partition));
    await append(log, lane, 0, range(0, 20));
    await until(() => tasks.status()[0]?.position === 20, 'the work');
    isHanging = true;
    await append(log, lane, 0, [20]);
    await until(() => tasks.status()[0]?.position === 21, 'the last record');
    const startedAt = Date.now();
    await tasks.stop();
    expect(Date.now() - startedAt).toBeLessThan(1000);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 20)));
  });

  test('a log that no longer begins at its beginning is refused with what to do', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'truncated', 1);
    await append(log, lane, 0, range(0, 20));
    log.deleteBefore(lane.input, 0, 10);
    const tasks = await start(log, lane, (partition) => runningSum(lane, partition));
    await until(() => tasks.status()[0]?.state === 'stopped', 'the refusal');
    expect(tasks.ready()).toMatch(/begins at offset 10, and without its beginning the state cannot be restored/);
  });
});
