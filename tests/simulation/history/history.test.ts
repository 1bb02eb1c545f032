import { expect, test } from '@jest/globals';
import { simulateHistory } from './run.ts';

const runs = 24;
/** Another set of seeds with each run of the tests; a failing one is named. */
const firstSeed = Number(process.env.SEED ?? Math.floor(Date.now() / 1000) % 1_000_000_000);

test(`history is what one undisturbed writer leaves, from seed ${firstSeed} on`, async () => {
  const kinds = new Set<string>();
  const sums = { records: 0, rejected: 0, resent: 0, resets: 0, insertFaults: 0 };
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const report = await simulateHistory(seed);
    expect({ seed, problems: report.problems }).toEqual({ seed, problems: [] });
    for (const { kind } of report.faults) kinds.add(kind);
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += report[name];
  }
  // a run in which nothing goes wrong proves nothing
  for (const kind of ['crash', 'pause', 'rebalance', 'refusal', 'lost-acknowledgement']) expect(kinds).toContain(kind);
  for (const sum of Object.values(sums)) expect(sum).toBeGreaterThan(0);
}, 120_000);

/** Each found a defect once. */
test.each([[6029, 'a range that is made anew after a reset while its insert is under way']])(
  'what once went wrong with seed %i does not: %s',
  async (seed) => {
    expect((await simulateHistory(seed)).problems).toEqual([]);
  },
  60_000,
);

test('the same seed gives the same run', async () => {
  expect(await simulateHistory(7)).toEqual(await simulateHistory(7));
});

test('a store that forgets tokens is found out', async () => {
  let n = 0;
  const { problems } = await simulateHistory(1, {
    tamper: (store) => ({
      ledger: (...args) => store.ledger(...args),
      recount: (...args) => store.recount(...args),
      clear: (...args) => store.clear(...args),
      remove: (...args) => store.remove(...args),
      insert: (insert) =>
        store.insert({ ...insert, range: { ...insert.range, token: `${insert.range.token}/${n++}` } }),
    }),
  });
  expect(problems.length).toBeGreaterThan(0);
}, 60_000);

test('a store that says yes and keeps nothing is found out', async () => {
  let n = 0;
  const { problems } = await simulateHistory(3, {
    tamper: (store) => ({
      ledger: (...args) => store.ledger(...args),
      recount: (...args) => store.recount(...args),
      clear: (...args) => store.clear(...args),
      remove: (...args) => store.remove(...args),
      insert: async (insert) => {
        if (++n === 5) await store.insert({ ...insert, rows: [] });
        else await store.insert(insert);
      },
    }),
  });
  expect(problems.length).toBeGreaterThan(0);
}, 60_000);
