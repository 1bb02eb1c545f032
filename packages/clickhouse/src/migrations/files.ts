import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One numbered file of migrations. */
export interface Migration {
  readonly number: number;
  /** File name. */
  readonly name: string;
  readonly statements: readonly MigrationStatement[];
}

export interface MigrationStatement {
  /** As it stands in the file, without comments before it. */
  readonly text: string;
  /** SHA-256 of `text`, hexadecimal. */
  readonly checksum: string;
}

const folder = join(import.meta.dirname, '..', '..', 'migrations');

/** The migrations of this release, in order. Throws an Error that names the file if one is not as it has to be. */
export function readMigrations(from: string = folder): readonly Migration[] {
  const names = readdirSync(from)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name, index) => {
    if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name)) throw new Error(`${name}: expected a name such as 0003-signals.sql`);
    const number = Number(name.slice(0, 4));
    if (number !== index) throw new Error(`${name}: expected number ${index}, numbers have no gaps and come once`);
    const statements = splitStatements(readFileSync(join(from, name), 'utf8')).map((text) => ({
      text,
      checksum: createHash('sha256').update(text).digest('hex'),
    }));
    for (const { text } of statements) {
      if (!repeatable.some((form) => form.test(text))) {
        throw new Error(
          `${name}: expected a statement that may run twice (IF NOT EXISTS and the like), got ${text.slice(0, 80)}`,
        );
      }
    }
    return { number, name, statements };
  });
}

/** A run may end between a statement and its record, and two may run at once: doing one again changes nothing. */
const repeatable: readonly RegExp[] = [
  /^CREATE (DATABASE|TABLE|VIEW|MATERIALIZED VIEW|DICTIONARY|FUNCTION) IF NOT EXISTS /,
  /^CREATE OR REPLACE (VIEW|DICTIONARY|FUNCTION) /,
  /^DROP (TABLE|VIEW|DICTIONARY|FUNCTION) IF EXISTS /,
  /^ALTER TABLE (?:\{\{[^}]*\}\}|\S)+ (ADD (COLUMN|INDEX|PROJECTION|CONSTRAINT) IF NOT EXISTS |(DROP|RENAME) (COLUMN|INDEX|PROJECTION|CONSTRAINT) IF EXISTS |MODIFY |COMMENT )/,
  /^RENAME TABLE IF EXISTS /,
  /^\{\{distributed /,
];

/** Statements of an SQL text: separated by semicolons outside of quotes; comments before a statement are left out. */
export function splitStatements(text: string): readonly string[] {
  const statements: string[] = [];
  let start = 0;
  const token = /'(?:[^'\\]|\\.|'')*'|`[^`]*`|--[^\n]*|;/gs;
  for (const match of text.matchAll(token)) {
    if (match[0] !== ';') continue;
    statements.push(text.slice(start, match.index));
    start = match.index + 1;
  }
  statements.push(text.slice(start));
  return statements.map((statement) => statement.replace(/^(\s*--[^\n]*\n)*/, '').trim()).filter((s) => s !== '');
}
