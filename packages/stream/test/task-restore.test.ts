import { afterEach, describe, expect, test } from '@jest/globals';
import { type Log, MemoryBroker, type MemoryLog, memoryLog, type NewRecord } from '@resonant/kafka';
import { type Restored, type RunningTasks, runTasks, type TaskProcessor } from '../src/index.ts';
import { mortal } from './support/faults.ts';
import { append, committedIn, type Lane, laneOf, range, runningSum, sumsOf, until } from './support/running-sum.ts';

const running = new Set<RunningTasks>();
afterEach(async () => {
  await Promise.all([...running].map((tasks) => tasks.stop()));
  running.clear();
});

interface Started {
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

async function start(
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

const outputs = async (log: Log, lane: Lane): Promise<string[]> => (await committedIn(log, lane.output))[0] ?? [];
const said = (log: Log, lane: Lane, count: number): Promise<void> =>
  until(async () => (await outputs(log, lane)).length >= count, `${count} outputs`);

/** A lane with ten numbers that a process has summed up before it left with a snapshot. */
async function worked(id: string): Promise<{ readonly log: MemoryLog; readonly lane: Lane }> {
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

async function records(log: Log, topic: string): Promise<NewRecord[]> {
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

const stopped = async (log: Log, lane: Lane, task?: () => TaskProcessor): Promise<string | undefined> => {
  const { tasks } = await start(log, lane, task === undefined ? {} : { task });
  await until(() => tasks.status()[0]?.state === 'stopped', 'the refusal');
  return tasks.ready();
};

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

describe('an orderly end', () => {
  /** A log whose transactions take so long. */
  const slowed = (log: Log, ms: () => number): Log => ({
    ...log,
    transactionalProducer: async (id, options) => {
      const producer = await log.transactionalProducer(id, options);
      return {
        commit: async (transaction) => {
          await new Promise((resolve) => setTimeout(resolve, ms()));
          await producer.commit(transaction);
        },
        close: () => producer.close(),
      };
    },
  });

  test.each([
    { bound: 'within its bound', finishWithinMs: 5000, left: [], snapshotOffset: 10, records: 0 },
    {
      bound: 'beyond it leaves the snapshot out, says so, and the next owner replays instead',
      finishWithinMs: 300,
      left: ['there is no snapshot of offset 10'],
      snapshotOffset: null,
      records: 10,
    },
  ])('on a slow log $bound', async ({ finishWithinMs, left, snapshotOffset, records: replayed }) => {
    const broker = new MemoryBroker();
    const log = memoryLog({ broker });
    const lane = await laneOf(log, 'slow-end', 1);
    await append(log, lane, 0, range(0, 10));
    let ms = 0;
    const first = await start(
      slowed(memoryLog({ broker }), () => ms),
      lane,
      { finishWithinMs, sessionTimeoutMs: 5000 },
    );
    await until(() => first.tasks.status()[0]?.committed === 10, 'the outputs to be committed');
    ms = 600;
    await first.stop();
    expect(first.left).toEqual(left);
    const second = await start(log, lane);
    await append(log, lane, 0, range(10, 12));
    await said(log, lane, 12);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 12)));
    expect(second.restored[0]).toMatchObject({ snapshotOffset, records: replayed });
  });
});

describe('a snapshot of many transactions', () => {
  const subjects = 60;
  const filler = 'x'.repeat(100_000);

  /** A sum for each subject, each a part of 100 kB: `value` is counted for subject `value % subjects`. */
  function largeSums(lane: Lane): TaskProcessor {
    const sums = new Map<string, number>();
    const changed = new Set<string>();
    return {
      restore: 'replay',
      state: {
        version: 1,
        changedParts: (bytes) => {
          const parts = new Map<string, string | null>();
          let left = bytes;
          for (const subject of changed) {
            if (left <= 0) return { parts, isAll: false };
            changed.delete(subject);
            parts.set(subject, JSON.stringify({ sum: sums.get(subject), filler }));
            left -= filler.length;
          }
          return { parts, isAll: true };
        },
        changedCount: () => changed.size,
        importParts: (parts) => {
          for (const [subject, text] of parts) sums.set(subject, (JSON.parse(text) as { readonly sum: number }).sum);
          return [];
        },
      },
      process: (read) =>
        read.map(({ value }) => {
          const subject = String(Number(value) % subjects);
          changed.add(subject);
          const sum = (sums.get(subject) ?? 0) + Number(value);
          sums.set(subject, sum);
          return { topic: lane.output, partition: 0, key: null, value: Buffer.from(`${value}:${sum}`) };
        }),
    };
  }

  const saidOf = (values: readonly number[]): string[] => {
    const sums = new Map<number, number>();
    return values.map((value) => {
      const sum = (sums.get(value % subjects) ?? 0) + value;
      sums.set(value % subjects, sum);
      return `${value}:${sum}`;
    });
  };

  /** Calls back at each transaction with records of the state topic, once it is committed. */
  const watched = (log: Log, lane: Lane, written: () => Promise<void>): Log => ({
    ...log,
    transactionalProducer: async (id, options) => {
      const producer = await log.transactionalProducer(id, options);
      return {
        commit: async (transaction) => {
          await producer.commit(transaction);
          if (transaction.records.some(({ topic }) => topic === lane.state)) await written();
        },
        close: () => producer.close(),
      };
    },
  });

  /** 60 subjects in pieces of eight: one pass of eight pieces, the last of which ends it if hardly anything changed again. */
  test.each([
    { changing: 'one subject', next: () => [subjects], transactions: 8, heldFrom: 8 },
    { changing: 'every subject', next: () => range(0, subjects), transactions: 15, heldFrom: 7 },
  ])('is of one position also when $changing changes between any two', async ({ next, transactions, heldFrom }) => {
    const broker = new MemoryBroker();
    const log = memoryLog({ broker });
    const lane = await laneOf(log, 'pieces', 1);
    const values = range(0, subjects);
    await append(log, lane, 0, values);
    let count = 0;
    const dying = mortal(memoryLog({ broker }));
    const first = await start(
      watched(dying.log, lane, async () => {
        count++;
        const before = status()?.position;
        values.push(...next());
        await append(log, lane, 0, next());
        if (count === transactions) return;
        // A state that changes as fast as it is written is written to its end before anything else is processed.
        if (count > heldFrom)
          await until(() => status()?.queued === (count - heldFrom) * next().length, 'the records to wait');
        else await until(() => status()?.position === values.length, 'the records to be processed');
        if (count > heldFrom) expect(status()?.position).toBe(before);
      }),
      lane,
      // a rebalance would deliver again what waits
      { task: () => largeSums(lane), snapshotEveryMs: 1, sessionTimeoutMs: 2000 },
    );
    const status = () => first.tasks.status()[0];
    await until(() => first.snapshots.length > 0, 'a snapshot');
    dying.die();
    running.delete(first.tasks);
    expect(first.pieces[0]).toBe(transactions);
    const second = await start(log, lane, { task: () => largeSums(lane) });
    values.push(...range(0, subjects));
    await append(log, lane, 0, range(0, subjects));
    await said(log, lane, values.length);
    expect(await outputs(log, lane)).toEqual(saidOf(values));
    expect(second.restored[0]?.snapshotOffset).toBe(first.snapshots[0]);
  });
});

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
