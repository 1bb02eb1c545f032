import { createRequire } from 'node:module';

// What the tests import from @jest/globals, without jest around it: tests are kept in a list, and run by run.ts.

type Run = (...row: readonly unknown[]) => unknown;

const require = createRequire(import.meta.url);
const fromJest = createRequire(require.resolve('@jest/globals'));

export const { jestExpect: expect } = fromJest('@jest/expect') as { readonly jestExpect: unknown };

/** The tests that were declared since the list was emptied. */
export const tests: (() => unknown)[] = [];

const rowsOf = (rows: readonly unknown[]): readonly (readonly unknown[])[] =>
  rows.map((row) => (Array.isArray(row) ? row : [row]));

const declare = (_name: string, run: Run): void => void tests.push(() => run());

export const test = Object.assign(declare, {
  each: (rows: readonly unknown[]) => (_name: string, run: Run) => {
    for (const row of rowsOf(rows)) tests.push(() => run(...row));
  },
});

export const describe = Object.assign((_name: string, run: Run): void => void run(), {
  each: (rows: readonly unknown[]) => (_name: string, run: Run) => {
    for (const row of rowsOf(rows)) run(...row);
  },
});
