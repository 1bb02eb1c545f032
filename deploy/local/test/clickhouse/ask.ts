import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, startClickHouse } from '../../src/index.ts';

export type User = 'writer' | 'analyst';

/** What came back for a request. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** From the header; 0 = none. */
  readonly code: number;
}

/** An endpoint of a test on a folder of its own, and requests to it. */
export interface TestEndpoint extends ClickHouse {
  readonly folder: string;
  readonly lines: readonly string[];
  /** POSTs a statement, or data behind the statement in `query`. */
  ask(
    user: User,
    body: string | Buffer,
    search?: Readonly<Record<string, string>>,
    init?: RequestInit,
  ): Promise<Answer>;
  /** What `ask` answers; rejects if it is an error. */
  text(user: User, statement: string, search?: Readonly<Record<string, string>>): Promise<string>;
  authorization(user: User): string;
  /** Stops it and removes the folder. */
  end(): Promise<void>;
}

export async function testEndpoint(
  port: number,
  env: Readonly<Record<string, string>> = {},
  folder: string = mkdtempSync(join(tmpdir(), 'resonant-clickhouse-')),
): Promise<TestEndpoint> {
  const lines: string[] = [];
  const clickhouse = await startClickHouse({ folder, port, env, onLine: (line) => lines.push(line) });
  const authorization = (user: User): string =>
    `Basic ${Buffer.from(`${user}:${clickhouse.passwords[user]}`).toString('base64')}`;
  const ask: TestEndpoint['ask'] = async (user, body, search = {}, init = {}) => {
    const isGet = init.method === 'GET';
    const response = await fetch(`${clickhouse.url}/?${new URLSearchParams(search)}`, {
      method: 'POST',
      ...(isGet ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      ...init,
      headers: { authorization: authorization(user), ...init.headers },
    });
    const text = await response.text();
    const code = Number(response.headers.get('x-clickhouse-exception-code') ?? 0);
    return { status: response.status, headers: response.headers, text, code };
  };
  return {
    ...clickhouse,
    folder,
    lines,
    ask,
    authorization,
    text: async (user, statement, search) => {
      const { status, text } = await ask(user, statement, search);
      if (status !== 200) throw new Error(text);
      return text;
    },
    end: async () => {
      await clickhouse.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
