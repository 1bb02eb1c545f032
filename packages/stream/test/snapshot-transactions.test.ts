import { afterEach, describe, expect, test } from '@jest/globals';
import { type Log, MemoryBroker, memoryLog } from '@resonant/kafka';
import type { TaskProcessor } from '../src/index.ts';
import { mortal } from './support/faults.ts';
import { outputs, running, said, start, stopStarted } from './support/restarts.ts';
import { append, type Lane, laneOf, range, until } from './support/running-sum.ts';

afterEach(stopStarted);

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
