import { describe, expect, test } from '@jest/globals';
import type { Migration } from '../../src/index.ts';
import { type AppliedStatement, planOf } from '../../src/migrations/plan.ts';

const file = (number: number, ...statements: readonly string[]): Migration => ({
  number,
  name: `000${number}-x.sql`,
  statements: statements.map((text) => ({ text, checksum: `sum of ${text}` })),
});
const files = [file(0, 'a', 'b'), file(1, 'c'), file(2, 'd', 'e')];

const done = (number: number, statement: number, text: string): AppliedStatement => ({
  number,
  name: `000${number}-x.sql`,
  statement,
  checksum: `sum of ${text}`,
});
const all = [done(0, 1, 'a'), done(0, 2, 'b'), done(1, 1, 'c'), done(2, 1, 'd'), done(2, 2, 'e')];

const left = (applied: readonly AppliedStatement[]): readonly string[] =>
  planOf(files, applied).map(
    ({ number, statement, nStatements, text }) => `${number}/${statement} of ${nStatements} ${text}`,
  );

describe('what is left to do', () => {
  test('is everything on an empty database', () => {
    expect(left([])).toEqual(['0/1 of 2 a', '0/2 of 2 b', '1/1 of 1 c', '2/1 of 2 d', '2/2 of 2 e']);
  });

  test('is what a run that was interrupted did not reach', () => {
    expect(left(all.slice(0, 4))).toEqual(['2/2 of 2 e']);
  });

  test('is nothing after a whole run, written down twice or not', () => {
    expect(left(all)).toEqual([]);
    expect(left([...all, ...all])).toEqual([]);
  });
});

describe('a plan is refused', () => {
  test.each<[string, readonly AppliedStatement[], string]>([
    [
      'when a statement was changed after it was applied',
      [...all.slice(0, 2), done(1, 1, 'other')],
      '0001-x.sql: statement 1 was changed after it was applied; restore the file and put the change into a new one',
    ],
    [
      'when a statement that was applied is gone from its file',
      [...all, done(1, 2, 'gone')],
      '0001-x.sql: statement 2 was applied and is no longer in the file; restore the file',
    ],
    [
      'when a statement was put into a file before others that were applied',
      [...all.slice(0, 1), ...all.slice(2)],
      '0000-x.sql: statement 2 was never applied although 0001-x.sql was; put new statements into a new file',
    ],
    [
      'when the database is ahead of the release',
      [...all, done(3, 1, 'f')],
      '0003-x.sql was applied by a newer release: use that release, or a newer one',
    ],
  ])('%s', (_when, applied, message) => {
    expect(() => planOf(files, applied)).toThrow(message);
  });

  test('with every problem at once', () => {
    const applied = [...all.slice(0, 2), done(1, 1, 'other'), ...all.slice(3), done(3, 1, 'f')];
    expect(() => planOf(files, applied)).toThrow(/0001-x\.sql.*\n0003-x\.sql/);
  });
});
