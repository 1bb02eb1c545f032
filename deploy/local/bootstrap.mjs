// Plain JavaScript without dependencies: it runs on the machine's own Node (20 or later) before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const verbs = {
  start: 'start.ts',
  test: 'test-run.ts',
  stack: 'stack-command.ts',
  bench: '../../../tests/bench/engine/run.ts',
  'bench-latency': '../../../tests/bench/latency/main.ts',
  'bench-clickhouse': '../../../tests/bench/clickhouse.ts',
  'bench-questions': '../../../tests/bench/questions/main.ts',
  'bench-runtime': '../../../tests/bench/runtime/main.ts',
  'bench-history': '../../../tests/bench/history/main.ts',
  'bench-proof': '../../../tests/bench/proof/main.ts',
  'bench-snapshot': '../../../tests/bench/runtime/snapshot.ts',
  'bench-stalls': '../../../tests/bench/runtime/stalls.ts',
  simulate: '../../../tests/simulation/main.ts',
  'test-faults': '../../../tests/faults/main.ts',
  'test-history-faults': '../../../tests/history/kills/main.ts',
};

const [verb, ...args] = process.argv.slice(2);
if (!Object.hasOwn(verbs, verb ?? '')) {
  console.error(
    `Usage: node deploy/local/bootstrap.mjs <${Object.keys(verbs).join('|')}> [options]; --help after a verb explains it.`,
  );
  process.exit(2);
}
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Node 20 or later is needed, this is ${process.version}: install one from https://nodejs.org.`);
  process.exit(1);
}

install();
run(findNode(), ['--disable-warning=ExperimentalWarning', join(here, 'src', verbs[verb]), ...args]);

/** Installs what the lockfile names, unless that is done already. */
function install() {
  const lockfile = join(root, 'pnpm-lock.yaml');
  const done = join(root, 'node_modules', '.modules.yaml');
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lockfile).mtimeMs) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  console.error(`installing packages with ${packageManager}`);
  const { status, error } = spawnSync('npx', ['--yes', packageManager, 'install', '--frozen-lockfile'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    const reason = error === undefined ? '' : ` (${error.message})`;
    console.error(
      `The packages could not be installed${reason}: check the network and the message above, then run the command again.`,
    );
    process.exit(1);
  }
  // pnpm leaves the mark as it is when nothing had to be changed.
  if (existsSync(done)) utimesSync(done, new Date(), new Date());
}

/** A Node that runs TypeScript as it is: the installed one, or the machine's own from 24.12 on. */
function findNode() {
  const installed = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(installed)) return installed;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 12)) return process.execPath;
  console.error(
    `There is no packaged Node 24 for ${process.platform}-${process.arch}: install Node 24.12 or later and run the command with it.`,
  );
  process.exit(1);
}

/** Becomes that process as far as signals and the exit code go. */
function run(node, nodeArgs) {
  const cache = join(root, 'node_modules', '.cache', 'compile');
  mkdirSync(cache, { recursive: true });
  const child = spawn(node, nodeArgs, { stdio: 'inherit', env: { ...process.env, NODE_COMPILE_CACHE: cache } });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  let asked = false;
  const ask = (name) => {
    asked = true;
    child.kill(name);
  };
  // From a terminal the child gets Ctrl-C twice, from there and from here; it takes both for one.
  for (const name of signals) process.on(name, () => ask(name));
  // npm passes SIGTERM on to the shell between itself and us, which dies of it and says nothing.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      if (!asked) ask('SIGTERM');
    }, 250);
  }
  child.once('error', (error) => {
    console.error(`${node} could not be run: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
