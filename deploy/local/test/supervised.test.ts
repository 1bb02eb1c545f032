import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Guard } from '../src/guard.ts';
import { identityOf, livingPid } from '../src/identity.ts';
import { until } from '../src/probe.ts';
import { Supervised, unlessAborted } from '../src/supervised.ts';

let folder: string;
let guard: Guard;
let lines: string[];
let running: Supervised;

/** A process that does what `first` says, writes `serving` into its log, and then does what `then` says. */
function supervise(then: string, first = ''): Supervised {
  const logFile = join(folder, 'log');
  const served = (): number => readFileSync(logFile, 'utf8').split('serving').length;
  running = new Supervised(
    {
      name: 'sample',
      command: process.execPath,
      args: ['-e', `${first}; console.log('serving'); ${then}`],
      env: process.env,
      cwd: folder,
      logFile,
      pidFile: join(folder, 'pid'),
      ready: async (signal) => {
        const before = served();
        await until(
          'sample',
          async () => {
            if (served() <= before) throw new Error('it does not serve');
          },
          { withinMs: 10_000, everyMs: 10, signal },
        );
      },
      stopWithinMs: 500,
    },
    guard,
    (line) => lines.push(line),
  );
  return running;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'resonant-supervised-'));
  guard = new Guard();
  lines = [];
});

afterEach(async () => {
  await running.stop();
  guard.close();
});

test('a process that is killed is started again', async () => {
  const sample = supervise('setInterval(() => 1, 1000)');
  await sample.start();
  const { pid } = sample;
  await sample.kill('SIGKILL');
  await sample.whenReady();
  expect(sample.pid).not.toBe(pid);
  expect(lines).toEqual(['sample ended unexpectedly (SIGKILL); starting it again in 250 ms', 'sample is back']);
});

test('waiting longer after each failure, for one that dies again and again', async () => {
  const sample = supervise('setTimeout(() => process.exit(3), 50)');
  await sample.start();
  await until(
    'three restarts',
    async () => {
      if (lines.filter((line) => line.includes('starting it again')).length < 3) throw new Error(lines.join());
    },
    { withinMs: 15_000 },
  );
  expect(lines.filter((line) => line.includes('starting it again')).slice(0, 3)).toEqual(
    [250, 500, 1000].map((ms) => `sample ended unexpectedly (exit code 3); starting it again in ${ms} ms`),
  );
}, 30_000);

test('one that cannot start says why, with the end of its log', async () => {
  const sample = supervise('');
  const broken = new Supervised(
    {
      name: 'broken',
      command: process.execPath,
      args: ['-e', "console.error('no such setting'); process.exit(2)"],
      env: process.env,
      cwd: folder,
      logFile: join(folder, 'broken.log'),
      pidFile: join(folder, 'broken.pid'),
      ready: (signal) => until('broken', () => Promise.reject(new Error('no answer')), { withinMs: 10_000, signal }),
      stopWithinMs: 500,
    },
    guard,
    () => undefined,
  );
  await expect(broken.start()).rejects.toThrow(/^broken did not start \(exit code 2\).*no such setting/s);
  expect(broken.state).toBe('stopped');
  await sample.stop();
});

test('one that ignores SIGTERM is ended all the same, and leaves no pid file', async () => {
  const sample = supervise("process.on('SIGTERM', () => 1); setInterval(() => 1, 1000)");
  await sample.start();
  const identity = identityOf(sample.pid ?? 0);
  expect(livingPid(identity)).toBe(sample.pid);
  await sample.stop();
  expect([livingPid(identity), existsSync(join(folder, 'pid')), lines]).toEqual([undefined, false, []]);
});

test('a first start that fails is tried again as often as wanted', async () => {
  // It ends at once as long as its mark is missing, and leaves the mark.
  const once = join(folder, 'mark');
  const sample = supervise(
    'setInterval(() => 1, 1000)',
    `const fs = require('node:fs'); if (!fs.existsSync('${once}')) { fs.writeFileSync('${once}', ''); process.exit(5); }`,
  );
  await sample.start(2);
  expect([sample.state, lines]).toEqual(['ready', ['sample did not start (exit code 5); trying again in 250 ms']]);
});

test('an abort ends what is starting, which nobody waits for then', async () => {
  const never = supervise("setInterval(() => 1, 1000); fs.writeFileSync('log', '')");
  const interruption = new AbortController();
  const start = unlessAborted(interruption.signal, [never], () => never.start(4));
  interruption.abort();
  await expect(start).rejects.toThrow('sample did not start');
  await never.stop();
  expect([never.state, existsSync(join(folder, 'pid'))]).toEqual(['stopped', false]);
  expect(lines).toEqual([]);
});
