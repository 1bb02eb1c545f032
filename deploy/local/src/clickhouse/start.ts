import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ClickhouseUser, clickhousePasswordFile, clickhouseUsers, repository } from '@resonant/cli';
import { endLeftovers, takeFolder } from '../data-folder.ts';
import { Guard } from '../guard.ts';
import { writeWhole } from '../home.ts';
import { answersHttp, until } from '../probe.ts';
import { type PartProcess, Supervised } from '../supervised.ts';
import { requireEngine } from './chdb.ts';

export type ClickhousePasswords = Readonly<Record<ClickhouseUser, string>>;

/** The users' passwords: made once, then kept where only the owner can read them. */
export function clickhousePasswords(folder: string): ClickhousePasswords {
  const password = (user: ClickhouseUser): string => {
    const file = clickhousePasswordFile(folder, user);
    if (!existsSync(file)) writeWhole(file, randomBytes(24).toString('base64url'), 0o600);
    return readFileSync(file, 'utf8').trim();
  };
  return Object.fromEntries(clickhouseUsers.map((user) => [user, password(user)])) as ClickhousePasswords;
}

/** Where clients of the product find ClickHouse, and as whom they come. */
export type ClickHouseEnv = Readonly<Record<'CLICKHOUSE_URL' | 'CLICKHOUSE_USER' | 'CLICKHOUSE_PASSWORD', string>>;

/**
 * The ClickHouse endpoint with its data in the data folder, the environment that it needs, and the product's user. Throws
 * `invalid-configuration` if there is no engine for this platform.
 */
export function clickhouseProcess(
  port: number,
  folder: string,
): {
  readonly process: PartProcess;
  readonly env: Readonly<Record<string, string>>;
  readonly user: Pick<ClickHouseEnv, 'CLICKHOUSE_USER' | 'CLICKHOUSE_PASSWORD'>;
} {
  requireEngine();
  const data = join(folder, 'clickhouse');
  mkdirSync(data, { recursive: true });
  const passwords = clickhousePasswords(folder);
  return {
    process: {
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'main.ts')],
      ready: (signal) =>
        until('ClickHouse', () => answersHttp(`http://127.0.0.1:${port}/ping`), { withinMs: 60_000, signal }),
      stopWithinMs: 15_000,
    },
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      CLICKHOUSE_DATA: data,
      CLICKHOUSE_WRITER_PASSWORD: passwords.writer,
      CLICKHOUSE_ANALYST_PASSWORD: passwords.analyst,
      NODE_COMPILE_CACHE: join(repository, 'node_modules', '.cache', 'compile'),
      // Each running statement holds a thread of this pool (41 at most), and cancelling one needs another.
      UV_THREADPOOL_SIZE: '48',
      TZ: 'UTC',
    },
    user: { CLICKHOUSE_USER: 'writer', CLICKHOUSE_PASSWORD: passwords.writer },
  };
}

/** A running ClickHouse endpoint, watched over as in a stack. */
export interface ClickHouse {
  readonly url: string;
  readonly passwords: ClickhousePasswords;
  /** Of the writer. */
  readonly env: ClickHouseEnv;
  pid(): number | undefined;
  /** Sends a signal; if it dies of it, it is started again by itself. Resolves once it has died, if it does. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops it until `restart`. */
  halt(): Promise<void>;
  restart(): Promise<void>;
  whenReady(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the ClickHouse endpoint alone on 127.0.0.1, for tests that need no other part; resolves once it serves. Rejects
 * with `invalid-configuration` if the folder is in use, or if there is no engine for this platform.
 *
 * @example const clickhouse = await startClickHouse({ folder, port: 7815 });
 */
export async function startClickHouse(options: {
  /** All data and logs; made if missing. */
  readonly folder: string;
  readonly port: number;
  readonly onLine?: (line: string) => void;
  /** More environment, e.g. limits. */
  readonly env?: Readonly<Record<string, string>>;
}): Promise<ClickHouse> {
  const folder = resolve(options.folder);
  const onLine = options.onLine ?? (() => undefined);
  requireEngine();
  const release = takeFolder(folder);
  const guard = new Guard();
  await endLeftovers(folder, onLine);
  const { process: spec, env, user } = clickhouseProcess(options.port, folder);
  const part = new Supervised(
    {
      ...spec,
      name: 'clickhouse',
      env: { ...process.env, ...env, ...options.env },
      cwd: repository,
      logFile: join(folder, 'logs', 'clickhouse.log'),
      pidFile: join(folder, 'run', 'clickhouse.pid'),
    },
    guard,
    onLine,
  );
  const stop = async (): Promise<void> => {
    await part.stop();
    guard.close();
    release();
  };
  try {
    await part.start();
  } catch (error) {
    await stop();
    throw error;
  }
  const url = `http://127.0.0.1:${options.port}`;
  const passwords = clickhousePasswords(folder);
  return {
    url,
    passwords,
    env: { CLICKHOUSE_URL: url, ...user },
    pid: () => part.pid,
    kill: (signal) => part.kill(signal),
    halt: () => part.stop(),
    restart: () => part.restart(),
    whenReady: () => part.whenReady(),
    stop,
  };
}
