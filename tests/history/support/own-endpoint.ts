import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFree } from '@resonant/cli';
import { type ClickHouse, connectClickHouse } from '@resonant/clickhouse';
import { startClickHouse } from '@resonant/local';
import { commandLine, type Ran } from './command-line.ts';

/** A ClickHouse of a test's own, empty, with a client. */
export interface OwnEndpoint {
  readonly clickhouse: ClickHouse;
  /** Runs `resonant history …` against it. */
  resonant(...words: readonly string[]): Promise<Ran>;
  /** SIGKILL to the engine; resolves when it has come back. */
  die(): Promise<void>;
  /** Stops it and removes its data. */
  close(): Promise<void>;
}

/** Starts one. */
export async function ownEndpoint(): Promise<OwnEndpoint> {
  const folder = mkdtempSync(join(tmpdir(), 'resonant-history-'));
  let port = 9300 + Math.floor(Math.random() * 200);
  while (!(await isFree(port))) port++;
  const endpoint = await startClickHouse({ folder, port });
  const { CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password } = endpoint.env;
  const clickhouse = connectClickHouse({ url: endpoint.url, user, password, application: 'test' });
  return {
    clickhouse,
    resonant: (...words) => commandLine(endpoint.env, 'history', ...words),
    die: async () => {
      await endpoint.kill('SIGKILL');
      await endpoint.whenReady();
    },
    close: async () => {
      await clickhouse.close();
      await endpoint.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
