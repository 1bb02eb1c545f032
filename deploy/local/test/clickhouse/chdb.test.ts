import { expect, test } from '@jest/globals';
import { requireEngine } from '../../src/clickhouse/chdb.ts';

test('a platform without an engine is named in a sentence that says what to do', () => {
  expect(() => requireEngine('darwin', 'arm64')).toThrow(
    "ClickHouse's engine is not installed for darwin-arm64 (package @chdb/lib-darwin-arm64): the lockfile has it for " +
      'linux-x64 with glibc. Run the stack there, for example in a virtual machine.',
  );
});

test('this platform has one', () => {
  expect(() => requireEngine()).not.toThrow();
});
