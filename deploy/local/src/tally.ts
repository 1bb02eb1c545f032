/** What one step of a test run came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly notes: readonly string[];
}

/** The part of jest's report (`--json`) that counts. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/**
 * Counts a jest run. A file that could not be run counts as one failure, and so does each test that was skipped: what
 * is not run shows nothing. An exit code that the tests do not explain is a failure too.
 */
export function tallyOf(report: JestReport, exitCode: number): Tally {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = report;
  const skipped = numPendingTests + numTodoTests;
  const failed = numFailedTests + skipped + numRuntimeErrorTestSuites;
  const unexplained = exitCode !== 0 && failed === 0;
  return {
    passed: numPassedTests,
    failed: failed + (unexplained ? 1 : 0),
    notes: [
      ...(skipped > 0 ? [`${skipped} tests were skipped: that counts as failed`] : []),
      ...(unexplained ? [`jest ended with exit code ${exitCode} though no test failed`] : []),
    ],
  };
}
