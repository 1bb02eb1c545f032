import { randomUUID } from 'node:crypto';
import { ResonantError } from '@resonant/contracts';
import type { ClickHouse } from '../client/connect.ts';
import { rowEncoder, rowFormat } from '../rows/row-binary.ts';
import { type Migration, readMigrations } from './files.ts';
import { type AppliedStatement, type PendingStatement, planOf } from './plan.ts';
import { type EngineFamily, renderStatement } from './render.ts';

export interface MigrateOptions {
  /** Default: those of this release. */
  readonly migrations?: readonly Migration[];
  /** Only say what would be done. */
  readonly isDryRun?: boolean;
  /** Called before each statement; `sql` is undefined where the family has no use for it. */
  readonly onStatement?: (statement: PendingStatement, sql: string | undefined) => void;
}

/**
 * Brings the database `resonant` to this release: does what is not done yet and writes each statement down when it is. A
 * run that ended half-way goes on where it was; two at once do the same twice, which every statement allows. Returns
 * what was (or would be) done.
 *
 * Rejects with `history-schema` before anything is done if a file was changed after it was applied or the database is
 * ahead of this release, and as `ClickHouse.command` does.
 */
export async function migrate(
  clickHouse: ClickHouse,
  family: EngineFamily,
  { migrations = readMigrations(), isDryRun = false, onStatement }: MigrateOptions = {},
): Promise<readonly PendingStatement[]> {
  const pending = planOf(migrations, await appliedStatements(clickHouse, family));
  let unwritten: readonly PendingStatement[] = [];
  for (const statement of pending) {
    const sql = renderStatement(statement.text, family);
    onStatement?.(statement, sql);
    if (isDryRun) continue;
    if (sql !== undefined) await clickHouse.command(sql);
    unwritten = [...unwritten, statement];
    // The table to write into is made by the statements of the first file.
    if (statement.number === 0 && statement.statement < statement.nStatements) continue;
    await writeDown(clickHouse, unwritten);
    unwritten = [];
    if (statement === pending.findLast(({ number }) => number === statement.number)) {
      await seeWritten(
        clickHouse,
        family,
        pending.filter(({ number }) => number === statement.number),
      );
    }
  }
  return pending;
}

/**
 * Sees that a file is written down before the next one is begun: an engine that died may know the token of a row that it
 * has lost, and a gap before what was done later could not be told from a file that was changed.
 */
async function seeWritten(
  clickHouse: ClickHouse,
  family: EngineFamily,
  statements: readonly PendingStatement[],
): Promise<void> {
  const applied = await appliedStatements(clickHouse, family);
  const isWritten = ({ number, statement }: PendingStatement): boolean =>
    applied.some((entry) => entry.number === number && entry.statement === statement);
  const missing = statements.filter((statement) => !isWritten(statement));
  if (missing.length > 0) await writeDown(clickHouse, missing, randomUUID());
}

async function appliedStatements(clickHouse: ClickHouse, family: EngineFamily): Promise<readonly AppliedStatement[]> {
  const tables = await clickHouse.query<{ readonly name: string }>(
    "SELECT name FROM system.tables WHERE database = 'resonant' AND name IN ('migrations', 'migrations_local')",
  );
  if (tables.length === 0) return [];
  const isCluster = tables.some(({ name }) => name === 'migrations_local');
  if (isCluster !== (family === 'cluster')) {
    throw new ResonantError(
      'history-schema',
      `expected engine family ${isCluster ? 'cluster' : 'embedded or server'}, which this database was made for, got ${family}`,
    );
  }
  if (!tables.some(({ name }) => name === 'migrations')) return [];
  return clickHouse.query<AppliedStatement>(
    'SELECT DISTINCT number, name, statement, lower(hex(checksum)) AS checksum FROM resonant.migrations ORDER BY number, statement',
  );
}

const encoder = rowEncoder({
  number: 'UInt16',
  name: 'String',
  statement: 'UInt16',
  n_statements: 'UInt16',
  checksum: 'FixedString(32)',
});

async function writeDown(
  clickHouse: ClickHouse,
  statements: readonly PendingStatement[],
  token = tokenOf(statements),
): Promise<void> {
  const rows = statements.map(({ number, name, statement, nStatements, checksum }) => ({
    number,
    name,
    statement,
    n_statements: nStatements,
    checksum: Buffer.from(checksum, 'hex'),
  }));
  await clickHouse.insertRaw({
    table: 'resonant.migrations',
    format: rowFormat,
    body: encoder.encode(rows),
    settings: {
      insert_deduplicate: 1,
      insert_deduplication_token: token,
      distributed_foreground_insert: 1,
    },
  });
}

const tokenOf = (statements: readonly PendingStatement[]): string => {
  const { number, statement, checksum } = statements.at(-1) as PendingStatement;
  return `migrations/${number}/${statement}/${checksum}`;
};
