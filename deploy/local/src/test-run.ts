import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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
  await step('unit tests', () => jest('unit', place.folder, place.rest, {}));
  if (!place.flags.has('unit')) await step('integration tests', () => integration(place, place.rest));

  say('');
  for (const { name, tally } of steps) say(`${name.padEnd(20)} ${tally.passed} passed, ${tally.failed} failed`);
  const passed = steps.reduce((sum, { tally }) => sum + tally.passed, 0);
  const failed = steps.reduce((sum, { tally }) => sum + tally.failed, 0) + (interrupted.aborted ? 1 : 0);
  if (interrupted.aborted) say('interrupted');
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
});

async function integration(
  place: { readonly base: number; readonly folder: string },
  patterns: readonly string[],
): Promise<Tally> {
  const problems = (await checkMachine(place)).flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const stack = await startStack({ ...place, fresh: true, onLine: say });
  try {
    return await jest('integration', place.folder, patterns, stack.env);
  } finally {
    await stack.stop();
  }
}

async function jest(
  project: 'unit' | 'integration',
  folder: string,
  patterns: readonly string[],
  env: Partial<StackEnv>,
): Promise<Tally> {
  mkdirSync(folder, { recursive: true });
  const report = join(folder, `${project}.json`);
  rmSync(report, { force: true });
  const code = await node(
    [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      `--selectProjects=${project}`,
      '--json',
      `--outputFile=${report}`,
      '--passWithNoTests',
      // A handle that a test left open must not keep the run from ending.
      '--forceExit',
      // Limits for what hangs, not for what is slow: with ten times as much to do as there are cores, tests that take
      // half a second took six.
      ...(project === 'integration'
        ? ['--runInBand', '--testTimeout=60000']
        : ['--maxWorkers=100%', '--testTimeout=30000']),
      ...(patterns.length > 0 ? ['--testPathPatterns', ...patterns] : []),
    ],
    env,
  );
  if (!existsSync(report)) throw new Error(`jest ended with exit code ${code} and left no report`);
  return tallyOf(JSON.parse(readFileSync(report, 'utf8')), code);
}

async function check(args: readonly string[]): Promise<Tally> {
  const code = await node(args, {});
  return code === 0 ? { passed: 1, failed: 0, notes: [] } : { passed: 0, failed: 1, notes: [`exit code ${code}`] };
}

/** Runs a script under this Node with its output on ours, standard output on standard error. */
function node(args: readonly string[], env: Partial<StackEnv>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: repository,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, ...env },
    });
    const end = (): void => void child.kill('SIGTERM');
    interrupted.addEventListener('abort', end);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      interrupted.removeEventListener('abort', end);
      resolve(code ?? (signal === null ? 1 : 128));
    });
  });
}
