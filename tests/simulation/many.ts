import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Report } from './run.ts';

/** The reports of the seeds from `first` to `last`, made in a process of its own; rejects if it ends before its last seed. */
export async function reportsOf(first: number, last: number): Promise<readonly Report[]> {
  const worker = join(import.meta.dirname, 'worker.ts');
  const child = spawn(process.execPath, ['--no-warnings', worker, String(first), String(last)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const reports: Report[] = [];
  for await (const line of createInterface({ input: child.stdout })) reports.push(JSON.parse(line) as Report);
  if (reports.length === last - first + 1) return reports;
  throw new Error(`the process that runs seeds ${first} to ${last} ended behind ${reports.length} of them`);
}
