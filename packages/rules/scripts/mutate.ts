import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Mutant, mutantsOf } from './mutation/mutants.ts';
import type { Planted } from './mutation/run.ts';

const help = `Plants one mistake at a time in the engine and the rules, and runs the tests that pin the rules' page.
A mistake that no test sees survives: it changes nothing, or a sentence has no test.

  node packages/rules/scripts/mutate.ts [--only TEXT] [--every N] [--again FILE] [--list]

  --only TEXT   in files whose path contains TEXT
  --every N     each Nth mistake only
  --again FILE  those only that stand in FILE, an output of an earlier run: whether a test sees them by now
  --list        print the mistakes without running anything

Prints each survivor: where it is, what stood there, and what was put there; then the sums.
`;

const root = new URL('../../../', import.meta.url);
const folders = ['packages/engine/src', 'packages/rules/src/document', 'packages/rules/src/when'];
/** What the page does not speak of: state between entries, answers to "why", and what only declares. */
const passedOver =
  /\/(explain|explanation|state|rule-parts|heap|index|json-schema|engine-options|runtime|log|rule)\.ts$/;
/** A mutant that computes for more seconds hangs, so a test sees it: time of the processor, as others may use it, too. */
const patience = 10;
const glance = 5000;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    every: { type: 'string', default: '1' },
    again: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const shown = (mutant: Mutant): string => `${mutant.file}:${mutant.line}${changeOf(mutant)}`;

const changeOf = ({ before, after }: Mutant): string => `\n  - ${before.trim()}\n  + ${after.trim()}\n`;

function mutants(): readonly Mutant[] {
  const earlier = options.again === undefined ? null : readFileSync(options.again, 'utf8');
  return (
    folders
      .flatMap((folder) => readdirSync(new URL(folder, root), { recursive: true }).map((name) => `${folder}/${name}`))
      .filter((file) => file.endsWith('.ts') && !passedOver.test(file) && file.includes(options.only))
      .sort()
      .flatMap((file) => mutantsOf(file, readFileSync(new URL(file, root), 'utf8')))
      // Lines may have moved since.
      .filter((mutant) => earlier === null || earlier.includes(changeOf(mutant)))
      .filter((_, n) => n % Number(options.every) === 0)
  );
}

function plantedOf({ file, line, after }: Mutant): Planted {
  const url = new URL(file, root);
  return {
    url: url.href,
    text: readFileSync(url, 'utf8')
      .split('\n')
      .with(line - 1, after)
      .join('\n'),
  };
}

const start = (): ChildProcess =>
  fork(new URL('./mutation/run.ts', import.meta.url), { execArgv: ['--no-warnings'], stdio: 'ignore' });

/** Seconds of the processor that a process has used; 0 if it is gone. */
function computedBy({ pid }: ChildProcess): number {
  try {
    const text = execFileSync('ps', ['-o', 'time=', '-p', `${pid}`], { encoding: 'utf8' });
    const [seconds = 0, minutes = 0, hours = 0] = text.trim().split(/[:-]/).map(Number).reverse();
    return (hours * 60 + minutes) * 60 + seconds;
  } catch {
    return 0;
  }
}

/** Whether the tests pass; undefined if they hang or the process dies. */
function ask(child: ChildProcess, planted: Planted | null): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    let before: number | undefined;
    const timer = setInterval(() => {
      before ??= computedBy(child);
      if (computedBy(child) - before > patience) child.kill('SIGKILL');
    }, glance);
    const end = (passed?: boolean): void => {
      clearInterval(timer);
      child.removeAllListeners();
      resolve(passed);
    };
    child.once('message', (passed) => end(passed === true));
    child.once('exit', () => end());
    child.send({ planted });
  });
}

async function run(): Promise<void> {
  let child = start();
  if ((await ask(child, null)) !== true) throw new Error('expected tests that pass without a mistake');
  let [count, survived] = [0, 0];
  for (const mutant of mutants()) {
    const passed = await ask(child, plantedOf(mutant));
    count++;
    if (passed === true) {
      survived++;
      process.stdout.write(shown(mutant));
    }
    // Modules that were loaded stay in memory.
    if (passed === undefined || count % 200 === 0) {
      child.kill('SIGKILL');
      child = start();
    }
  }
  child.kill('SIGKILL');
  process.stdout.write(`${count} mistakes, ${count - survived} seen by a test, ${survived} survived\n`);
}

if (options.help) process.stdout.write(help);
else if (options.list) for (const mutant of mutants()) process.stdout.write(shown(mutant));
else await run();
