import { afterEach, describe, expect, test } from '@jest/globals';
import { type Log, MemoryBroker, memoryLog } from '@resonant/kafka';
import type { TaskProcessor } from '../src/index.ts';
import { mortal } from './support/faults.ts';
import { outputs, records, running, said, start, stopped, stopStarted, worked } from './support/restarts.ts';
import { append, laneOf, range, runningSum, sumsOf, until } from './support/running-sum.ts';

afterEach(stopStarted);

describe('a restore', () => {
  test('after an orderly end takes the snapshot that was written then and replays nothing', async () => {
    const { log, lane } = await worked('orderly');
    await append(log, lane, 0, range(10, 15));
    const { restored, tasks } = await start(log, lane);
    await said(log, lane, 15);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 15)));
    expect(restored).toEqual([{ snapshotOffset: 10, reason: null, records: 0, unfinished: 0 }]);
    expect(tasks.status()[0]?.stateSize).toEqual({ parts: 9, bytes: 27 });
  });

  test('after a crash takes the latest snapshot and replays what was committed since, muted', async () => {
    const broker = new MemoryBroker();
    const dying = mortal(memoryLog({ broker }));
    const log = memoryLog({ broker });
    const lane = await laneOf(log, 'crash', 1);
    const first = await start(dying.log, lane, { snapshotEveryMs: 1 });
    for (let value = 0; value < 10; value++) await append(log, lane, 0, [value]);
    await said(log, lane, 10);
    await append(log, lane, 0, [10]);
    await until(() => (first.snapshots.at(-1) ?? 0) >= 10, 'a snapshot');
    dying.die();
    running.delete(first.tasks);
    const committed = (await outputs(log, lane)).length;
    await append(log, lane, 0, range(11, 20));
    const { restored } = await start(log, lane);
    await said(log, lane, 20);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 20)));
    expect(restored[0]?.snapshotOffset).toBeGreaterThanOrEqual(10);
    expect(restored[0]?.snapshotOffset).toBeLessThanOrEqual(committed);
  });

  test('finds a snapshot also where nothing came any more when one was due', async () => {
    const log = memoryLog();
    const lane = await laneOf(log, 'quiet', 1);
    await append(log, lane, 0, range(0, 5));
    const { snapshots } = await start(log, lane, { snapshotEveryMs: 150 });
    await until(() => snapshots.length > 0, 'a snapshot');
    expect(snapshots).toEqual([5]);
  });

  test('needs the log from the snapshot on, not from its beginning', async () => {
    const { log, lane } = await worked('truncated');
    log.deleteBefore(lane.input, 0, 10);
    await append(log, lane, 0, [7]);
    await start(log, lane);
    await said(log, lane, 11);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, [...range(0, 10), 7]));
  });

  test('without snapshot and without the beginning of the log is refused with what to do', async () => {
    const { log, lane } = await worked('neither');
    await append(log, lane, 0, range(0, 5));
    log.deleteBefore(lane.input, 0, 12);
    expect(await stopped(log, lane)).toMatch(
      /begins at offset 12, and without its beginning.*no usable snapshot \(that of offset 10: the log begins at offset 12\)\. Restore the topic/,
    );
  });

  test('of a large state lets others have their turn between its steps', async () => {
    const { log, lane } = await worked('steps');
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    const seen: number[] = [];
    const task = (): TaskProcessor => {
      const { state, ...sum } = runningSum(lane, 0);
      if (state === undefined) return sum;
      const importParts = function* (parts: ReadonlyMap<string, string>) {
        for (let step = 0; step < 5; step++) {
          seen.push(turns);
          yield;
        }
        yield* state.importParts(parts);
        isOver = true;
      };
      return { ...sum, state: { ...state, importParts } };
    };
    count();
    const { restored } = await start(log, lane, { task, restoreStepMs: 0 });
    await until(() => restored.length > 0, 'the restore');
    expect(restored[0]?.reason).toBeNull();
    expect(new Set(seen).size).toBe(5);
  });

  test('of a state that this release cannot read begins with the log, and the state is written anew', async () => {
    const { log, lane } = await worked('version');
    const task = (): TaskProcessor => {
      const { state, ...sum } = runningSum(lane, 0);
      const importParts = () => {
        throw new Error('expected state of version 2, got 1');
      };
      return state === undefined ? sum : { ...sum, state: { ...state, importParts } };
    };
    const second = await start(log, lane, { task });
    await append(log, lane, 0, range(10, 12));
    await said(log, lane, 12);
    await second.stop();
    const reason = 'that of offset 10 cannot be read: expected state of version 2, got 1';
    expect(second.restored).toEqual([{ snapshotOffset: null, reason, records: 10, unfinished: 0 }]);
    const { restored } = await start(log, lane);
    await append(log, lane, 0, [12]);
    await said(log, lane, 13);
    expect(restored).toEqual([{ snapshotOffset: 12, reason: null, records: 0, unfinished: 0 }]);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 13)));
    log.deleteBefore(lane.input, 0, 1);
    for (const tasks of running) await tasks.stop();
    running.clear();
    expect(await stopped(log, lane, task)).toMatch(
      /begins at offset 1, .* cannot be read: expected state of version 2/,
    );
  });

  test('takes no snapshot whose head was cleared away, also while the head still stands there', async () => {
    const { log, lane } = await worked('cleared-away');
    const producer = await log.producer();
    await producer.send({ topic: lane.state, partition: 0, key: '#snapshot', value: null });
    const { restored } = await start(log, lane);
    await append(log, lane, 0, [10]);
    await said(log, lane, 11);
    expect(restored).toEqual([{ snapshotOffset: null, reason: 'there is none', records: 10, unfinished: 9 }]);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 11)));
  });

  test('knows a snapshot of another log with the same name', async () => {
    const { log: old, lane } = await worked('other');
    const log = memoryLog();
    await laneOf(log, 'other', 1);
    await append(log, lane, 0, range(1, 11));
    const producer = await log.transactionalProducer('anyone');
    const offsets = { group: lane.group, topic: lane.input, partition: 0, offset: 10 };
    await producer.commit({ records: await records(old, lane.state), offsets });
    const { restored } = await start(log, lane);
    await append(log, lane, 0, [100]);
    await said(log, lane, 1);
    const reason = 'that of offset 10: the log holds another record at offset 9';
    expect(restored).toEqual([{ snapshotOffset: null, reason, records: 10, unfinished: 0 }]);
    expect(await outputs(log, lane)).toEqual(['0:100:155']);
  });

  test('refuses to say everything again because the offsets of the group are lost', async () => {
    const { log: old, lane } = await worked('lost-offsets');
    const log = memoryLog();
    await laneOf(log, 'lost-offsets', 1);
    await append(log, lane, 0, range(0, 10));
    const producer = await log.producer();
    await producer.sendAll(await records(old, lane.state));
    expect(await stopped(log, lane)).toMatch(/no committed offset .* but a snapshot of offset 10 .*at least 10/);
  });

  test('refuses that too when this release cannot read the snapshot at all', async () => {
    const { log, lane } = await worked('lost-offsets-and-head');
    const producer = await log.producer();
    await producer.send({
      topic: lane.state,
      partition: 0,
      key: '#snapshot',
      value: Buffer.from('of a later release'),
    });
    log.compact(lane.state);
    log.forgetOffsets(lane.group);
    expect(await stopped(log, lane)).toMatch(/no committed offset .* but a snapshot was committed with one/);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 10)));
  });

  test('with lost offsets and without the beginning of the log says which offset to set, and the process lives on', async () => {
    const { log, lane } = await worked('lost-offsets-truncated');
    log.forgetOffsets(lane.group);
    log.deleteBefore(lane.input, 0, 5);
    const { tasks } = await start(log, lane);
    let failed = false;
    tasks.failed.catch(() => {
      failed = true;
    });
    await until(() => tasks.status()[0]?.state === 'stopped', 'the refusal');
    expect(tasks.ready()).toMatch(/no committed offset .* but a snapshot of offset 10 .*at least 10/);
    await append(log, lane, 0, range(10, 12));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([failed, tasks.status()[0]?.position]).toEqual([false, 0]);
  });

  test('in a log that ends before the committed offset is refused: it is not the log that was worked on', async () => {
    const { log, lane } = await worked('shorter');
    const producer = await log.transactionalProducer('anyone');
    await producer.commit({
      records: [],
      offsets: { group: lane.group, topic: lane.input, partition: 0, offset: 99, metadata: 'partitions=1' },
    });
    await producer.close();
    expect(await stopped(log, lane)).toMatch(
      /read up to offset 99, and the log ends at 10: it is not the log that was read\. Restore the topic from a backup/,
    );
    await append(log, lane, 0, range(10, 12));
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 10)));
  });

  test('of a state of several transactions is whole, also when the process dies between them', async () => {
    const broker = new MemoryBroker();
    const log = memoryLog({ broker });
    const lane = await laneOf(log, 'large', 1);
    const filler = 'x'.repeat(3 << 20);
    /** Its only part is larger than a record and than a transaction of a snapshot may be. */
    const task = (): TaskProcessor => {
      let sum = 0;
      const version = 1;
      const changedParts = () => ({ parts: new Map([['sum', JSON.stringify({ sum, filler })]]), isAll: true });
      const changedCount = () => 1;
      const importParts = (parts: ReadonlyMap<string, string>) => {
        sum = (JSON.parse(parts.get('sum') ?? '') as { readonly sum: number }).sum;
        return [];
      };
      const process: TaskProcessor['process'] = (read) =>
        read.map(({ value }) => {
          sum += Number(value);
          return { topic: lane.output, partition: 0, key: null, value: Buffer.from(`0:${value}:${sum}`) };
        });
      return { restore: 'replay', state: { version, changedParts, changedCount, importParts }, process };
    };
    await append(log, lane, 0, range(0, 3));
    const first = await start(log, lane, { task });
    await said(log, lane, 3);
    await first.stop();
    expect(first.snapshots).toEqual([3]);

    const dying = mortal(memoryLog({ broker }));
    let slices = 0;
    const breaking: Log = {
      ...dying.log,
      transactionalProducer: async (id, options) => {
        const producer = await dying.log.transactionalProducer(id, options);
        return {
          commit: async (transaction) => {
            await producer.commit(transaction);
            if (transaction.records.some(({ topic }) => topic === lane.state) && ++slices === 1) dying.die();
          },
          close: () => producer.close(),
        };
      },
    };
    const second = await start(breaking, lane, { task, snapshotEveryMs: 0 });
    await append(log, lane, 0, [3]);
    await until(() => slices === 1, 'the first of several transactions');
    running.delete(second.tasks);
    expect(second.snapshots).toEqual([]);

    const third = await start(log, lane, { task });
    await append(log, lane, 0, [4]);
    await said(log, lane, 5);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 5)));
    expect(third.restored[0]).toMatchObject({ snapshotOffset: 3, reason: null, unfinished: 1 });
    await third.stop();
    expect(third.snapshots.length).toBe(1);
    const fourth = await start(log, lane, { task });
    await append(log, lane, 0, [5]);
    await said(log, lane, 6);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 6)));
    expect(fourth.restored).toEqual([{ snapshotOffset: third.snapshots[0], reason: null, records: 0, unfinished: 0 }]);
  });
});
