import { afterEach, describe, expect, test } from '@jest/globals';
import { ResonantError } from '@resonant/contracts';
import { type Log, MemoryBroker, memoryLog } from '@resonant/kafka';
import { type RunningTasks, runTasks, type TaskProcessor } from '../src/index.ts';
import { append, committedIn, type Lane, laneOf, range, runningSum, sumsOf, until } from './support/running-sum.ts';

const running: RunningTasks[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((tasks) => tasks.stop()));
});

async function start(
  log: Log,
  lane: Lane,
  options: { task?: (partition: number) => TaskProcessor; aborted?: (error: Error) => void } = {},
): Promise<RunningTasks> {
  const tasks = await runTasks({
    log,
    group: lane.group,
    topics: [lane.input],
    transactionalIdPrefix: lane.group,
    task: ({ partition }) => (options.task ?? ((number) => runningSum(lane, number)))(partition),
    observer: { aborted: (_, error) => options.aborted?.(error) },
    limits: { offsetsEveryMs: 20, finishWithinMs: 1000 },
  });
  running.push(tasks);
  return tasks;
}

const outputs = async (log: Log, lane: Lane, partition = 0): Promise<string[]> =>
  (await committedIn(log, lane.output))[partition] ?? [];

describe('tasks', () => {
  test('every record leads to its outputs once, in order per partition', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'once', 2);
    await append(log, lane, 0, range(0, 1200));
    await start(log, lane);
    await append(log, lane, 1, range(5, 30));
    await append(log, lane, 0, range(1200, 1500));
    await until(async () => (await committedIn(log, lane.output)).flat().length === 1525, 'all outputs');
    expect(await committedIn(log, lane.output)).toEqual([sumsOf(0, range(0, 1500)), sumsOf(1, range(5, 30))]);
  });

  test('a new process restores what the former had and says nothing again', async () => {
    const broker = new MemoryBroker();
    const first = memoryLog({ broker });
    const lane = await laneOf(first, 'restore', 1);
    await append(first, lane, 0, range(0, 700));
    const former = await start(first, lane);
    await until(async () => (await outputs(first, lane)).length === 700, 'the first outputs');
    await former.stop();
    const second = memoryLog({ broker });
    await append(second, lane, 0, range(700, 1000));
    await start(second, lane);
    await until(async () => (await outputs(second, lane)).length >= 1000, 'all outputs');
    expect(await outputs(second, lane)).toEqual(sumsOf(0, range(0, 1000)));
  });

  test('a task without memory begins at the committed offset and its outputs still come once', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'stateless', 1);
    const seen: number[] = [];
    const task = (): TaskProcessor => ({
      restore: 'none',
      process: (records) => {
        for (const record of records) seen.push(record.offset);
        return [];
      },
    });
    await append(log, lane, 0, [1, 2, 3]);
    const former = await start(log, lane, { task });
    await until(() => seen.length === 3, 'three records');
    await former.stop();
    await append(log, lane, 0, [4]);
    await start(log, lane, { task });
    await until(() => seen.length === 4, 'the fourth record');
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  test('a record type of a later release stops its task, says why, and the other partition goes on', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'unknown', 2);
    const refuse = () => {
      throw new ResonantError('unknown-record-type', 'schema 7 is resonant.v1.Novelty; upgrade this release');
    };
    const tasks = await start(log, lane, {
      task: (partition) => runningSum(lane, partition, partition === 0 ? { process: refuse } : {}),
    });
    await append(log, lane, 0, [1]);
    await append(log, lane, 1, [2]);
    await until(async () => (await outputs(log, lane, 1)).length === 1, 'the output of the other partition');
    await until(() => tasks.ready() !== undefined, 'the reason');
    expect(tasks.ready()).toBe(`${lane.input}/0 stopped (schema 7 is resonant.v1.Novelty; upgrade this release)`);
  });
});
