// `resonant replay`: how long it takes to start, and what memory it needs for a log of ten million lines.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatEntry } from '@resonant/engine';
import { hundredThousand, mixedSignals, start } from './load.ts';
import { grouped, median, report } from './measure.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const resonant = join(root, 'packages', 'cli', 'bin', 'resonant');
const rules = ['resonance', 'rep-new-policy-usage', 'lead-response'].map((id) =>
  join(root, `packages/rules/rules/${id}.yaml`),
);
const lines = Number(process.env.LINES ?? 10_000_000);

const starts = Array.from({ length: 7 }, () => {
  const before = performance.now();
  const { status } = spawnSync(resonant, ['replay', '--rules', ...rules], { input: '' });
  if (status !== 0) throw new Error(`resonant replay exited with ${status}`);
  return performance.now() - before;
});
report(
  'resonant replay of an empty log, from the command to its end',
  `${grouped(median(starts.slice(1)))} ms`,
  '< 500 ms',
);

/** Resident bytes of the process that replays: the command becomes Node 24 in a child of its own. */
function residentBytes(child: ChildProcess): number {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  const status = readFileSync(`/proc/${children === '' ? child.pid : children}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

const child = spawn(resonant, ['replay', '--summary', '--rules', ...rules], { stdio: ['pipe', 'ignore', 'pipe'] });
const { stdin, stderr } = child;
if (stdin === null || stderr === null) throw new Error('the replay has no pipes');
let summary = '';
stderr.on('data', (chunk) => {
  summary += String(chunk);
});
const signalAt = mixedSignals({ ...hundredThousand, accounts: 4000, leads: 3000, reps: 2800, competitors: 200 });
const began = performance.now();
const resident: number[] = [];
let now = start;
let written = 0;
while (written < lines) {
  // One signal a second of log time: four days of remembered ids and a day of lateness are reached early.
  let text = '';
  for (let n = 0; n < 1000; n++) {
    text += `${formatEntry({ type: 'signal', signal: signalAt(now + 1) })}\n`;
    now += 1000;
    text += `${formatEntry({ type: 'tick', at: now })}\n`;
  }
  written += 2000;
  if (!stdin.write(text)) await once(stdin, 'drain');
  if (written % (lines / 10) === 0) resident.push(residentBytes(child));
}
stdin.end();
const [code] = (await once(child, 'exit')) as [number];
const seconds = (performance.now() - began) / 1000;
if (code !== 0) throw new Error(`resonant replay exited with ${code}: ${summary}`);
const mib = (bytes: number): string => grouped(Math.round(bytes / 2 ** 20));
report(
  `resonant replay of ${grouped(lines)} lines: resident MiB at each tenth`,
  `${resident.map(mib).join(', ')}; ${grouped(lines / seconds)} lines/s`,
  'flat',
);
console.error(`replay: ${summary.trim()}`);
