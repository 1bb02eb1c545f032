import { expect, test } from '@jest/globals';
import { faultKinds } from '@resonant/kafka';
import { describeFailure, Ledger } from './ledger.ts';
import { simulate } from './run.ts';

const perTest = 50;

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
];

/** The tests that every seed from `first` to `last` has to pass, and those over all of them. */
export function claimsOf(first: number, last: number): void {
  const ledger = new Ledger();
  const seeds = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const firsts = seeds.filter((seed) => (seed - first) % perTest === 0);

  test.each(firsts.map((start) => [start, Math.min(start + perTest - 1, last)]))(
    'seeds %d to %d',
    async (from, to) => {
      const failures: string[] = [];
      for (let seed = from; seed <= to; seed++) {
        const report = await simulate(seed);
        ledger.add(report);
        if (report.problems.length > 0) failures.push(describeFailure(report));
      }
      expect(failures).toEqual([]);
    },
    180_000,
  );

  test('every seed had a fault, an alert and ten minutes; all faults, waits and transitions occurred', () => {
    expect(ledger.seeds).toEqual(seeds);
    expect([ledger.failed, ledger.withoutFault, ledger.withoutAlert]).toEqual([[], [], []]);
    expect(ledger.shortestMs).toBeGreaterThanOrEqual(600_000);
    expect([...ledger.faults.keys()].sort()).toEqual([...faultKinds].sort());
    expect([...ledger.crashes.keys()].sort()).toEqual(waits);
    expect([...ledger.restores.keys()].sort()).toEqual(['beginning', 'snapshot']);
    expect([...ledger.transitions.keys()].sort()).toEqual(['opened', 'resolved', 'updated', 'withdrawn']);
  });
}
