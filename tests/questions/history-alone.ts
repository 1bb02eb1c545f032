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
  /** Rows of a query, a list of values each. */
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
  await migrate(clickHouse, 'embedded');
  return {
    url,
    passwords,
    clickHouse,
    rows: async (statement, options) => {
      const answer = await clickHouse.ask(statement, options);
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
      await clickHouse.close();
      await endpoint.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
