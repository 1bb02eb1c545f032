import { expect, test } from '@jest/globals';
import { type JestReport, tallyOf } from '../src/tally.ts';

const report = (changes: Partial<JestReport>): JestReport => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...changes,
});

test.each([
  ['all passed', {}, 0, 0],
  ['a test failed', { numFailedTests: 2 }, 1, 2],
  ['a test was skipped', { numPendingTests: 1 }, 0, 1],
  ['a test is still to be written', { numTodoTests: 1 }, 0, 1],
  ['a file could not be run', { numRuntimeErrorTestSuites: 1 }, 1, 1],
  ['jest crashed at its end', {}, 7, 1],
] as const)('a run in which %s counts so', (_what, changes, exitCode, failed) => {
  expect(tallyOf(report(changes), exitCode)).toMatchObject({ passed: 3, failed });
});
