import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { LogRecord, NewRecord, TransactionalProducer } from '@resonant/kafka';
import { Committer } from '../src/committer.ts';
import { ManualClock } from './support/manual-clock.ts';

type Commit = Parameters<TransactionalProducer['commit']>[0];

/** A committer whose transactions end when they are told to. */
function open(committed = 5) {
  const commits: { readonly transaction: Commit; end(): Promise<void> }[] = [];
  const producer: TransactionalProducer = {
    commit: (transaction) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = async (): Promise<void> => {
        resolve();
        await nextTurn();
      };
      commits.push({ transaction, end });
      return promise;
    },
    close: async () => undefined,
  };
  const clock = new ManualClock(0);
  const committer: Committer = new Committer(producer, {
    task: { topic: 'in', partition: 0 },
    group: 'g',
    committed,
    metadata: 'partitions=1',
    policy: { offsetsEveryMs: 5000, commitTimeoutMs: 15_000, maxPendingOutputs: 10 },
    clock,
    changed: () => undefined,
  });
  return { committer, clock, commits };
}

const recordAt = (offset: number, timestamp: number): LogRecord => {
  return { topic: 'in', partition: 0, offset, timestamp, key: null, value: null, headers: {} };
};
const output = (value: string): NewRecord => ({ topic: 'out', key: null, value: Buffer.from(value) });
const valuesOf = ({ records }: Commit): string[] => records.map(({ value }) => String(value));

test('what led to nothing is passed at once and stays so while its offset is committed', async () => {
  const { committer, clock, commits } = open();
  committer.add([], 9, undefined);
  expect([committer.passed, committer.committed]).toEqual([9, 5]);
  clock.set(5000);
  expect([commits.length, committer.passed, committer.committed]).toEqual([1, 9, 5]);
  committer.add([], 12, undefined);
  expect(committer.passed).toBe(12);
  await commits[0]?.end();
  expect([committer.passed, committer.committed]).toEqual([12, 9]);
});

test('what led to outputs is passed when they are durable', async () => {
  const { committer, commits } = open();
  committer.add([output('a')], 7, undefined);
  committer.add([], 9, undefined);
  expect(committer.passed).toBe(5);
  await commits[0]?.end();
  expect([committer.passed, committer.committed]).toEqual([9, 7]);
});

test('what led to nothing stays passed while what came after it waits, and that waits only since it was appended', async () => {
  const { committer, commits } = open();
  committer.add([], 9, recordAt(8, 1000));
  committer.add([output('a')], 11, recordAt(9, 4900));
  expect([committer.passed, committer.oldestWaitingAt]).toEqual([9, 4900]);
  committer.add([], 12, recordAt(11, 4950));
  committer.add([output('b')], 13, recordAt(12, 4960));
  expect([committer.passed, committer.oldestWaitingAt]).toEqual([9, 4900]);
  await commits[0]?.end();
  expect([committer.passed, committer.oldestWaitingAt, committer.committed]).toEqual([12, 4960, 11]);
  await commits[1]?.end();
  expect([committer.passed, committer.oldestWaitingAt, committer.committed]).toEqual([13, null, 13]);
});

test('the first offset of all is committed at once, later ones without outputs when they are due', async () => {
  const { committer, clock, commits } = open(0);
  committer.add([], 9, undefined);
  expect(commits.map(({ transaction }) => transaction.offsets?.offset)).toEqual([9]);
  await commits[0]?.end();
  committer.add([], 12, undefined);
  expect(commits.length).toBe(1);
  clock.set(5000);
  expect(commits.map(({ transaction }) => transaction.offsets?.offset)).toEqual([9, 12]);
});

test('slices of a snapshot go one by one beside the outputs, with the offset of what is processed by then', async () => {
  const { committer, commits } = open();
  let isComplete = false;
  committer.add([output('a')], 6, undefined);
  committer.addSnapshot([[output('s1'), output('s2')], [output('s3')], [output('head')]], () => {
    isComplete = true;
  });
  committer.add([output('b')], 8, undefined);
  await commits[0]?.end();
  await commits[1]?.end();
  committer.add([output('c')], 9, undefined);
  await commits[2]?.end();
  expect([isComplete, committer.isWritingSnapshot]).toEqual([false, true]);
  await commits[3]?.end();
  expect([isComplete, committer.isWritingSnapshot]).toEqual([true, false]);
  expect(commits.map(({ transaction }) => valuesOf(transaction))).toEqual([
    ['a'],
    ['b', 's1', 's2'],
    ['s3'],
    ['c', 'head'],
  ]);
  expect(commits.map(({ transaction }) => transaction.offsets?.offset)).toEqual([6, 8, 8, 9]);
});

test('a flush ends with everything committed, all slices of a snapshot included', async () => {
  const { committer, commits } = open();
  committer.addSnapshot([[output('s1')], [output('head')]], () => undefined);
  const flushed = committer.flush();
  committer.add([], 6, undefined);
  for (let index = 0; index < 2; index++) await commits[index]?.end();
  await commits[2]?.end();
  await flushed;
  expect([committer.committed, committer.isWritingSnapshot]).toEqual([6, false]);
});
