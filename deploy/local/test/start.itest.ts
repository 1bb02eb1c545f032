import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { livingPid } from '../src/identity.ts';
import { until } from '../src/index.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'resonant-start-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As in a terminal: `npm test` puts a `node` in front that is a shell script, and npm would run below that shell. */
const pathOfTerminal = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((entry) => !entry.endsWith(join('node_modules', '.bin')))
  .join(delimiter);

/** Identities of the processes that run on the folder by the names of their files; `lock` is the one that started them. */
const running = (): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(join(folder, 'run'))
      .map((file) => [file, readFileSync(join(folder, 'run', file), 'utf8')] as const)
      .filter(([, identity]) => livingPid(identity) !== undefined),
  );

test.each([
  ['Ctrl-C in its terminal', (npm: number) => process.kill(-npm, 'SIGINT')],
  ['a SIGTERM to npm alone', (npm: number) => process.kill(npm, 'SIGTERM')],
])(
  'npm start ends everything that it has started at %s',
  async (_name, end) => {
    const npm = spawn('npm', ['start', '--', '--no-demo', '--base', '7790', '--data', folder], {
      cwd: repository,
      env: { ...process.env, PATH: pathOfTerminal },
      // A process group of its own, as in a terminal.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [npm.stdout, npm.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk;
      });
    }
    const says = (words: string, withinMs: number) =>
      until(
        `"${words}"`,
        async () => {
          if (!said.includes(words)) throw new Error(said);
        },
        { withinMs },
      );
    await says('kafka is ready', 60_000);
    const before = running();
    expect([...before.keys()]).toEqual(expect.arrayContaining(['kafka.pid', 'lock', 'redis.pid', 'registry.pid']));
    end(npm.pid as number);
    await says('  stopped', 40_000);
    await until(
      'the end of all processes',
      async () => {
        if ([...before.values()].some((identity) => livingPid(identity) !== undefined))
          throw new Error('some still run');
      },
      { withinMs: 10_000 },
    );
    expect(said).not.toContain('did not start');
  },
  120_000,
);
