import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { isFree, runCommandLine } from '@resonant/cli';
import { type ClickHouse, connectClickHouse } from '@resonant/clickhouse';
import { startClickHouse } from '@resonant/local';

/** A ClickHouse of a test's own, empty, with a client. */
export interface OwnEndpoint {
  readonly clickhouse: ClickHouse;
  /** Runs `resonant history …` against it. */
  resonant(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
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
    resonant: async (...words) => {
      const texts = { out: '', err: '' };
      const sink = (name: 'out' | 'err') =>
        new Writable({
          write(chunk, _encoding, done) {
            texts[name] += String(chunk);
            done();
          },
        });
      const io = { stdin: process.stdin, stdout: sink('out'), stderr: sink('err'), env: endpoint.env };
      const code = await runCommandLine(['history', ...words], { ...io, signal: new AbortController().signal });
      return { code, ...texts };
    },
    close: async () => {
      await clickhouse.close();
      await endpoint.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
