import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('an output that cannot be written is one sentence, and exit code 1', () => {
  const full = openSync('/dev/full', 'w');
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const { status, stderr } = spawnSync(process.execPath, [main, 'replay', '--help'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect([status, stderr]).toEqual([1, 'The output cannot be written: ENOSPC: no space left on device, write\n']);
});
