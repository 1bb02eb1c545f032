import { availableParallelism } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { faultKinds } from '@resonant/kafka';
import { describeFailure, Ledger } from './ledger.ts';
import { reportsOf } from './many.ts';

const seeds = 1000;
const perTest = 100;
const ledger = new Ledger();

/** Every place where a process waits for the log, and so can die. */
const waits = [
  'admin',
  'admin.open',
  'assigned',
  'fetch',
  'follow',
  'from outside',
  'heartbeat',
  'join',
  'join.request',
  'join.response',
  'leave',
  'produce.request',
  'produce.response',
  'producer.open',
  'rebalance',
  'transaction.abort.request',
  'transaction.commit.request',
  'transaction.commit.response',
  'transaction.init.request',
  'transaction.init.response',
  'transaction.offsets.request',
  'transaction.offsets.response',
  'transaction.send.request',
  'transaction.send.response',
  'turn',
];

describe('whatever happens to the processes, alerts and actions are those of one undisturbed replay', () => {
  const firsts = Array.from({ length: seeds / perTest }, (_, index) => 1 + index * perTest);
  test.each(firsts.map((first) => [first, first + perTest - 1]))(
    'seeds %d to %d',
    async (first, last) => {
      const workers = Math.min(2, availableParallelism());
      const share = Math.ceil(perTest / workers);
      const shares = Array.from({ length: workers }, (_, index) => first + index * share);
      const reports = (
        await Promise.all(shares.map((from) => reportsOf(from, Math.min(from + share - 1, last))))
      ).flat();
      for (const report of reports) ledger.add(report);
      expect(reports.filter(({ problems }) => problems.length > 0).map(describeFailure)).toEqual([]);
    },
    600_000,
  );

  test('every seed had a fault, an alert and ten minutes; all faults, waits and transitions occurred', () => {
    expect(ledger.seeds).toEqual(Array.from({ length: seeds }, (_, index) => 1 + index));
    expect([ledger.failed, ledger.withoutFault, ledger.withoutAlert]).toEqual([[], [], []]);
    expect(ledger.shortestMs).toBeGreaterThanOrEqual(600_000);
    expect([...ledger.faults.keys()].sort()).toEqual([...faultKinds].sort());
    expect([...ledger.crashes.keys()].sort()).toEqual(waits);
    expect([...ledger.states.keys()].sort()).toEqual([
      'besideUnfinished',
      'fromBeginning',
      'fromSnapshot',
      'inOnePiece',
      'inSeveral',
    ]);
    expect([...ledger.transitions.keys()].sort()).toEqual(['opened', 'resolved', 'updated', 'withdrawn']);
  });
});
