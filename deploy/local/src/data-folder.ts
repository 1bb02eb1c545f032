import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ResonantError } from '@resonant/contracts';
import { identityOf, livingPid } from './identity.ts';
import { until } from './probe.ts';

/**
 * Takes a data folder for this process and gives what releases it. Throws `invalid-configuration` if another one has it.
 */
export function takeFolder(folder: string): () => void {
  mkdirSync(join(folder, 'run'), { recursive: true });
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const lock = join(folder, 'run', 'lock');
  const holder = existsSync(lock) ? livingPid(readFileSync(lock, 'utf8')) : undefined;
  if (holder !== undefined) {
    throw new ResonantError(
      'invalid-configuration',
      `The data folder ${folder} is in use by process ${holder}: stop that one, or choose another folder with --data.`,
    );
  }
  writeFileSync(lock, identityOf(process.pid));
  return () => rmSync(lock, { force: true });
}

/** What a data folder may hold, besides `run` and the logs of this very run. */
const contents = [
  'kafka',
  'kafka.properties',
  'redis',
  'registry',
  'clickhouse',
  'clickhouse-writer-password',
  'clickhouse-analyst-password',
  'operator-key',
  'endpoints.json',
  'demo.json',
  'github-secret',
  'seal-key.pem',
  'seal-public-key.pem',
  'shipped-rules.json',
];

/** Removes what earlier runs have stored. */
export function emptyFolder(folder: string): void {
  for (const name of contents) rmSync(join(folder, name), { recursive: true, force: true });
  for (const name of readdirSync(join(folder, 'logs'))) rmSync(join(folder, 'logs', name));
}

/** Ends processes of this folder whose parent vanished together with its guard. */
export async function endLeftovers(folder: string, onLine: (line: string) => void): Promise<void> {
  for (const file of readdirSync(join(folder, 'run')).filter((name) => name.endsWith('.pid'))) {
    const path = join(folder, 'run', file);
    const identity = readFileSync(path, 'utf8');
    const pid = livingPid(identity);
    if (pid !== undefined) {
      onLine(`ending ${file.replace('.pid', '')} (process ${pid}), left over from a run that was killed`);
      process.kill(pid, 'SIGTERM');
      await until(
        `process ${pid}`,
        async () => {
          if (livingPid(identity) !== undefined) throw new Error('it is still running');
        },
        { withinMs: 10_000 },
      ).catch(() => process.kill(pid, 'SIGKILL'));
    }
    rmSync(path, { force: true });
  }
}
