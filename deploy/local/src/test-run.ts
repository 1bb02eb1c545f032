import { spawn } from 'node:child_process';
import { closeSync, createReadStream, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkMachine, interruption, repository } from '@resonant/cli';
import { readArguments } from './arguments.ts';
import { type StackEnv, startStack } from './stack.ts';
import { type Tally, tallyOf } from './tally.ts';
import { runVerb } from './verb.ts';

const help = `Runs everything that CI runs, on a local stack of its own; it can run beside npm start.

  npm test                       all of it
  npm test -- --unit             only what needs no stack
  npm test -- PATTERN…           only the jest tests whose path matches, unit and integration
  npm test -- --base 7600 --data .resonant/test

The last line is "N passed, N failed": jest's tests, and each other check as one. Exit code 1 if one failed.
`;

const interrupted = interruption();
const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Step {
  readonly name: string;
  readonly tally: Tally;
}

await runVerb(help, async (args) => {
  const place = readArguments(args, { base: 7600, data: '.resonant/test', flags: ['unit'], rest: true });
  const steps: Step[] = [];
  const step = async (name: string, run: () => Promise<Tally>): Promise<void> => {
    if (interrupted.aborted) return;
    say(`\n── ${name}`);
    const tally = await run().catch((error: Error): Tally => ({ passed: 0, failed: 1, notes: [error.message] }));
    for (const note of tally.notes) say(note);
    steps.push({ name, tally });
  };
  if (place.rest.length === 0) {
    await step('generated contracts', () => check(['packages/contracts/scripts/generate.ts', '--check']));
    await step('format and lint', () =>
      check([
        'node_modules/@biomejs/biome/bin/biome',
        'ci',
        '--reporter=summary',
        `--colors=${process.stderr.isTTY ? 'force' : 'off'}`,
      ]),
    );
    await step('types', () => check(['node_modules/typescript/bin/tsc', '-p', '.']));
  }
  if (place.flags.has('unit')) await step('unit tests', () => jest(['unit'], place.folder, place.rest, {}));
  else await both(step, place);

  say('');
  for (const { name, tally } of steps) say(`${name.padEnd(20)} ${tally.passed} passed, ${tally.failed} failed`);
  const passed = steps.reduce((sum, { tally }) => sum + tally.passed, 0);
  const failed = steps.reduce((sum, { tally }) => sum + tally.failed, 0) + (interrupted.aborted ? 1 : 0);
  if (interrupted.aborted) say('interrupted');
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
});

/**
 * Unit and integration tests side by side: these mostly wait, those only compute. The unit tests, and with them those
 * that start all they need by themselves, get what the others leave of the processors; what they say is shown when they
 * have ended.
 */
async function both(
  step: (name: string, run: () => Promise<Tally>) => Promise<void>,
  place: { readonly base: number; readonly folder: string; readonly rest: readonly string[] },
): Promise<void> {
  mkdirSync(place.folder, { recursive: true });
  const file = join(place.folder, 'unit.log');
  const log = openSync(file, 'w');
  try {
    await Promise.all([
      step('unit tests, in the background', () => jest(['unit', 'alone'], place.folder, place.rest, {}, log)),
      step('integration tests', () => integration(place, place.rest)),
    ]);
  } finally {
    closeSync(log);
  }
  say('\n── what the unit tests said');
  await pipeline(createReadStream(file), process.stderr, { end: false });
}

async function integration(
  place: { readonly base: number; readonly folder: string },
  patterns: readonly string[],
): Promise<Tally> {
  const problems = (await checkMachine(place)).flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const stack = await startStack({ ...place, fresh: true, onLine: say });
  try {
    return await jest(['integration'], place.folder, patterns, stack.env);
  } finally {
    await stack.stop();
  }
}

async function jest(
  projects: readonly ('unit' | 'alone' | 'integration')[],
  folder: string,
  patterns: readonly string[],
  env: Partial<StackEnv>,
  background?: number,
): Promise<Tally> {
  mkdirSync(folder, { recursive: true });
  const report = join(folder, `${projects[0]}.json`);
  rmSync(report, { force: true });
  const code = await node(
    [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      ...projects,
      '--json',
      `--outputFile=${report}`,
      '--passWithNoTests',
      // A handle that a test left open must not keep the run from ending.
      '--forceExit',
      // Limits for what hangs, not for what is slow: with ten times as much to do as there are cores, tests that take
      // half a second took six.
      '--testTimeout=60000',
      projects.includes('integration') ? '--runInBand' : '--maxWorkers=100%',
      ...(patterns.length > 0 ? ['--testPathPatterns', ...patterns] : []),
    ],
    env,
    background,
  );
  if (!existsSync(report)) throw new Error(`jest ended with exit code ${code} and left no report`);
  return tallyOf(JSON.parse(readFileSync(report, 'utf8')), code);
}

async function check(args: readonly string[]): Promise<Tally> {
  const code = await node(args, {});
  return code === 0 ? { passed: 1, failed: 0, notes: [] } : { passed: 0, failed: 1, notes: [`exit code ${code}`] };
}

/** Runs a script under this Node, all its output on our standard error or, at low priority, in an open file. */
function node(args: readonly string[], env: Partial<StackEnv>, background?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const output = background ?? 2;
    const child = spawn(process.execPath, args, {
      cwd: repository,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...env },
    });
    if (background !== undefined && child.pid !== undefined)
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    const end = (): void => void child.kill('SIGTERM');
    interrupted.addEventListener('abort', end);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      interrupted.removeEventListener('abort', end);
      resolve(code ?? (signal === null ? 1 : 128));
    });
  });
}
