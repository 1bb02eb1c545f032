import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClickHouse } from '../client/connect.ts';
import { textLiteral } from '../client/settings.ts';
import { factsOf } from './definition.ts';
import { splitStatements } from './files.ts';
import type { EngineFamily } from './render.ts';

/** Where the live schema is not as this release left it. */
export interface SchemaDifference {
  /** Table, view or dictionary. */
  readonly table: string;
  /** What of it, e.g. `column rep_id: type`; undefined for the whole. */
  readonly fact: string | undefined;
  /** undefined = not there. */
  readonly expected: string | undefined;
  readonly found: string | undefined;
}

/** Definitions by table, as ClickHouse prints them on one line. */
export type Schema = ReadonlyMap<string, string>;

/** The file with the definitions that the migrations of this release lead to. */
export const goldenSchemaFile = join(import.meta.dirname, '..', '..', 'golden', 'schema.sql');

/**
 * Compares the live schema with that of this release: each table, view and dictionary with its columns, types, comments,
 * codecs, retention, constraints, indexes, projections and settings. An empty list = nothing differs. Rejects as
 * `ClickHouse.query` does.
 */
export async function verifySchema(
  clickHouse: ClickHouse,
  family: EngineFamily,
  golden: string = readFileSync(goldenSchemaFile, 'utf8'),
): Promise<readonly SchemaDifference[]> {
  // Both go through this engine's own printer, so that one of another version does not differ in how it prints.
  const literals = splitStatements(golden).map(textLiteral).join(', ');
  const rows = await clickHouse.query<{ readonly line: string }>(
    `SELECT formatQuerySingleLine(arrayJoin([${literals}])) AS line`,
  );
  const expected = new Map(rows.map(({ line }) => [nameOf(line), line]));
  return differences(expected, withoutFamily(await liveSchema(clickHouse), family));
}

/** Definitions of everything in the database `resonant`. */
export async function liveSchema(clickHouse: ClickHouse): Promise<Schema> {
  const tables = await clickHouse.query<{ readonly name: string; readonly definition: string }>(
    `SELECT name, formatQuerySingleLine(create_table_query) AS definition FROM system.tables
     WHERE database = 'resonant' AND NOT startsWith(name, '.') ORDER BY name`,
  );
  return new Map(tables.map(({ name, definition }) => [name, definition]));
}

/** A cluster's definitions as one server has them: `x_local` is `x`, and what spans the shards is left out. */
export function withoutFamily(schema: Schema, family: EngineFamily): Schema {
  const plain = [...schema].map(([name, definition]): [string, string] => [
    name,
    definition.replace(/SOURCE\(CLICKHOUSE\(NAME resonant_dictionaries /i, 'SOURCE(CLICKHOUSE('),
  ]);
  if (family !== 'cluster') return new Map(plain);
  return new Map(
    plain
      .filter(([name]) => !schema.has(`${name}_local`))
      .map(([name, definition]) => [
        name.replace(/_local$/, ''),
        definition
          .replace(/\bresonant\.(\w+)_local\b/g, 'resonant.$1')
          .replace(/ENGINE = ReplicatedMergeTree\('[^']*', '[^']*'\)/, 'ENGINE = MergeTree'),
      ]),
  );
}

/** Where two schemas differ, in the order of the tables' names. */
export function differences(expected: Schema, found: Schema): readonly SchemaDifference[] {
  const names = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return names.flatMap((table): readonly SchemaDifference[] => {
    const [before, now] = [expected.get(table), found.get(table)];
    if (before === undefined || now === undefined) {
      const whole = (definition: string | undefined) => (definition === undefined ? undefined : 'a table of this name');
      return [{ table, fact: undefined, expected: whole(before), found: whole(now) }];
    }
    const [wanted, live] = [factsOf(before), factsOf(now)];
    return [...new Set([...wanted.keys(), ...live.keys()])]
      .filter((fact) => wanted.get(fact) !== live.get(fact))
      .map((fact) => ({ table, fact, expected: wanted.get(fact), found: live.get(fact) }));
  });
}

/** A difference in one line. */
export const differenceText = ({ table, fact, expected, found }: SchemaDifference): string =>
  `resonant.${table}${fact === undefined ? '' : `: ${fact}`}: expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'}`;

const nameOf = (definition: string): string => /^CREATE [A-Z ]+? resonant\.(\w+)/.exec(definition)?.[1] ?? definition;
