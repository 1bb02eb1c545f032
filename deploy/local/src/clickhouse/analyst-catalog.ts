import { identifier } from './lexer.ts';
import { isSign, readStatement, type Statement } from './statement.ts';

/** Database of views over tables of `system` that also tell of the host: analysts read these instead. */
const database = 'analyst_system';

/** What analysts see of such a table; every other column is closed to them. */
const openColumns: Readonly<Record<string, readonly string[]>> = {
  databases: ['name', 'engine', 'uuid', 'comment'],
  tables: [
    ...['database', 'name', 'uuid', 'engine', 'is_temporary', 'metadata_modification_time'],
    ...['dependencies_database', 'dependencies_table', 'create_table_query', 'engine_full', 'as_select'],
    ...['parameterized_view_parameters', 'partition_key', 'sorting_key', 'primary_key', 'sampling_key'],
    ...['total_rows', 'total_bytes', 'total_bytes_uncompressed', 'parts', 'active_parts', 'total_marks'],
    ...['comment', 'has_own_data', 'loading_dependencies_database', 'loading_dependencies_table'],
    ...['loading_dependent_database', 'loading_dependent_table'],
  ],
};

/** Makes the views; they are kept in memory, so an engine that starts has none. */
export const catalogStatements: readonly string[] = [
  `DROP DATABASE IF EXISTS ${database}`,
  `CREATE DATABASE ${database} ENGINE = Memory`,
  ...Object.entries(openColumns).map(
    ([table, columns]) =>
      `CREATE VIEW ${database}.${table} AS SELECT ${columns.map(identifier).join(', ')} FROM system.${table}`,
  ),
];

/** A statement that reads the views where it names the tables. */
export function throughCatalog(statement: Statement): Statement {
  const { tokens, text } = statement;
  let changed = text;
  for (const [at, token] of [...tokens.entries()].reverse()) {
    const isTable = isSign(tokens[at + 1], '.') && Object.hasOwn(openColumns, tokens[at + 2]?.value ?? '');
    if ((token.kind !== 'word' && token.kind !== 'name') || token.value !== 'system') continue;
    if (!isTable || isSign(tokens[at - 1], '.')) continue;
    changed = `${changed.slice(0, token.start)}${database}${changed.slice(token.end)}`;
  }
  return changed === text ? statement : readStatement(changed);
}

/** The views are ours: who asks knows nothing of them. */
export const withoutCatalog = (message: string): string => message.replaceAll(`${database}.`, 'system.');
