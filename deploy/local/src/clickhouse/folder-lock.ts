import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ResonantError } from '@resonant/contracts';
import { identityOf, livingPid } from '../identity.ts';

/** Takes a folder for this process and gives what releases it. Throws `invalid-configuration` if another one has it. */
export function takeLock(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'lock');
  for (;;) {
    try {
      const lock = openSync(file, 'wx', 0o600);
      writeSync(lock, identityOf(process.pid));
      closeSync(lock);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = livingPid(readFileSync(file, 'utf8'));
    if (holder !== undefined) {
      throw new ResonantError(
        'invalid-configuration',
        `The ClickHouse data in ${folder} are in use by process ${holder}: the engine allows one process a folder; stop that one.`,
      );
    }
    rmSync(file, { force: true });
  }
}
