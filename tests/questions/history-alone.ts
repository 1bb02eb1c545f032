import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, connectClickHouse, migrate, type StatementOptions } from '@resonant/clickhouse';
import { startClickHouse } from '@resonant/local';

/** The local ClickHouse endpoint with the tables of this release and nothing in them. */
export interface HistoryAlone {
  readonly url: string;
  readonly passwords: Readonly<Record<'writer' | 'analyst', string>>;
  /** As the writer. */
  readonly clickHouse: ClickHouse;
  /** As the analyst. */
  readonly analyst: ClickHouse;
  /** Rows of a query of the analyst, a list of values each. */
  rows(statement: string, options?: Pick<StatementOptions, 'params'>): Promise<readonly (readonly unknown[])[]>;
  /** Puts rows into a table as they are, past intake and ledger. */
  insert(table: string, rows: readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it on a port, in a folder of its own that `stop` removes. */
export async function startHistoryAlone(port: number): Promise<HistoryAlone> {
  const folder = mkdtempSync(join(tmpdir(), 'resonant-history-'));
  const endpoint = await startClickHouse({ folder, port });
  const { url, passwords } = endpoint;
  const clickHouse = connectClickHouse({ url, user: 'writer', password: passwords.writer, application: 'tests' });
  const analyst = connectClickHouse({ url, user: 'analyst', password: passwords.analyst, application: 'tests' });
  await migrate(clickHouse, 'embedded');
  return {
    url,
    passwords,
    clickHouse,
    analyst,
    rows: async (statement, options) => {
      const answer = await analyst.ask(statement, options);
      const rows: (readonly unknown[])[] = [];
      for await (const row of answer.rows()) rows.push(JSON.parse(row) as unknown[]);
      return rows;
    },
    insert: (table, rows) =>
      clickHouse.insertRaw({
        table: `resonant.${table}`,
        format: 'JSONEachRow',
        body: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
      }),
    stop: async () => {
      await Promise.all([clickHouse.close(), analyst.close()]);
      await endpoint.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
