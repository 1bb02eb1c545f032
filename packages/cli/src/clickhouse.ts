import { existsSync, readFileSync } from 'node:fs';
import type { ClickHouse } from '@resonant/clickhouse';
import { ResonantError } from '@resonant/contracts';
import type { Io } from './command.ts';
import { Connection } from './connection.ts';
import { UsageError } from './options.ts';
import { type ClickhouseUser, clickhousePasswordFile } from './places.ts';

/** Options of commands that speak to ClickHouse; spread them into a command's own. */
export const clickhouseOptions = {
  data: { type: 'string' },
  'clickhouse-url': { type: 'string' },
  'clickhouse-user': { type: 'string' },
} as const;

/** Their part of a help text. */
export const clickhouseHelp = `Where ClickHouse is (default: the local stack that npm start runs):
  --data DIR              data folder of the local stack                     RESONANT_DATA
  --clickhouse-url URL    ClickHouse's HTTP interface                        CLICKHOUSE_URL
  --clickhouse-user NAME  user; the password is in the environment only      CLICKHOUSE_USER, CLICKHOUSE_PASSWORD
`;

type Values = { readonly [O in keyof typeof clickhouseOptions]?: string | undefined };

/** A long statement such as a backup of a large table may be silent for so long. */
const timeoutMs = 3_600_000;

/**
 * Connects to ClickHouse as the product's writer, or as `user`: to what options or environment name, else to the local
 * stack with the password from its data folder. The client is loaded only now, so that other commands start fast.
 */
export async function historyOf(values: Values, env: Io['env'], user: ClickhouseUser = 'writer'): Promise<ClickHouse> {
  const connection = new Connection({ data: values.data }, env);
  const url = values['clickhouse-url'] ?? connection.clickhouseUrl;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError(`ClickHouse's URL is expected to be like http://127.0.0.1:7415, got ${url}`);
  }
  const { connectClickHouse } = await import('@resonant/clickhouse');
  return connectClickHouse({
    url,
    user: values['clickhouse-user'] ?? (env.CLICKHOUSE_USER || user),
    password: env.CLICKHOUSE_PASSWORD || localPassword(connection.dataFolder, user),
    application: 'resonant-cli',
    timeoutMs,
  });
}

function localPassword(dataFolder: string, user: ClickhouseUser): string {
  const file = clickhousePasswordFile(dataFolder, user);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new ResonantError(
    'invalid-configuration',
    `There is no password for ClickHouse: give CLICKHOUSE_USER and CLICKHOUSE_PASSWORD (${file} does not exist).`,
  );
}
