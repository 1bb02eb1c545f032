import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  type EngineFamily,
  engineFamilies,
  hashedTables,
  hashForms,
  readMigrations,
  removalsText,
  renderedText,
  renderStatement,
  rowHash,
} from '../../src/index.ts';
import { splitStatements } from '../../src/migrations/files.ts';

const golden = (family: string): string =>
  readFileSync(join(import.meta.dirname, '..', '..', 'golden', `${family}.sql`), 'utf8');

describe('rendered migrations', () => {
  test.each(engineFamilies)('for %s are those that are stored', (family) => {
    expect(renderedText(family)).toBe(golden(family));
  });

  test.each(engineFamilies)('for %s have no mark left', (family) => {
    expect(renderedText(family)).not.toMatch(/\{\{|\}\}/);
  });

  test('of a cluster replicate every table with rows, and put a table over all shards before each', () => {
    const statements = splitStatements(renderedText('cluster'));
    const replicated = statements.flatMap(
      (text) => /^CREATE TABLE IF NOT EXISTS resonant\.(\w+)_local .*?ENGINE = Repl/s.exec(text)?.[1] ?? [],
    );
    const local = statements.flatMap(
      (text) => /^CREATE TABLE IF NOT EXISTS resonant\.(\w+)_local /.exec(text)?.[1] ?? [],
    );
    const spanning = statements.flatMap(
      (text) => /^CREATE TABLE IF NOT EXISTS resonant\.(\w+) .*ENGINE = Distributed/s.exec(text)?.[1] ?? [],
    );
    expect(spanning).toEqual(local);
    expect(local.filter((name) => !replicated.includes(name)).every((name) => name.startsWith('intake_'))).toBe(true);
    expect(replicated).toHaveLength(21);
    expect(statements.filter((text) => !text.includes("ON CLUSTER '{cluster}'"))).toEqual([]);
    expect(statements.filter((text) => / ENGINE = MergeTree/.test(text))).toEqual([]);
  });

  test('of one server differ from those of the local stack only in whom dictionaries are read as', () => {
    expect(renderedText('server').replaceAll('NAME resonant_dictionaries ', '')).toBe(renderedText('embedded'));
  });

  test.each(['{{on_clusters}}', '{{row_hash nothing 1}}', '{{row_hash alerts 99}}'])(
    'a mark that is none is refused: %s',
    (mark) => {
      expect(() => renderStatement(`CREATE ${mark}`, 'server')).toThrow('expected');
    },
  );
});

describe('statements that remove rows', () => {
  test.each(engineFamilies)('for %s are those that are stored', (family) => {
    expect(removalsText(family)).toBe(golden(`removals-${family}`));
  });

  test('of a cluster go to the local tables of every shard, of one server to the tables themselves', () => {
    const statements = (family: EngineFamily) => splitStatements(removalsText(family));
    const cluster = /^(ALTER|TRUNCATE) TABLE resonant\.\w+_local ON CLUSTER '\{cluster\}'( DELETE WHERE |$)/;
    expect(statements('cluster').filter((text) => !cluster.test(text))).toEqual([]);
    expect(statements('cluster')).toHaveLength(3 * hashedTables.length + 1);
    expect(statements('server').filter((text) => / ON CLUSTER|_local/.test(text))).toEqual([]);
    expect(removalsText('server')).toBe(removalsText('embedded'));
  });

  test('name what goes by value: a query inside may see something else on each replica', () => {
    expect(splitStatements(removalsText('cluster')).filter((text) => /SELECT/i.test(text))).toEqual([]);
  });
});

describe('row hashes', () => {
  test('cover every column of their table that holds a value', () => {
    const created = readMigrations().flatMap(({ statements }) => statements.map(({ text }) => text));
    for (const [table, columns] of Object.entries(hashForms[1])) {
      const text = created.find((statement) => statement.startsWith(`CREATE TABLE IF NOT EXISTS {{local ${table}}}`));
      const named = (text as string)
        .split('\n')
        .flatMap((line) => /^ {4}(\w+) (?!.* ALIAS )[A-Z]\w+.* COMMENT '/.exec(line)?.[1] ?? []);
      expect([table, columns]).toEqual([table, named]);
    }
  });

  test('are SHA-256 over those columns in RowBinary', () => {
    expect(rowHash('payloads')).toBe(
      "SHA256(formatRow('RowBinary', source, account_id, event_id, occurred_at, media_type, bytes, topic, partition, offset, epoch, appended_at, schema_id))",
    );
  });
});
