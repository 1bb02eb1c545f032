import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { differences, differenceText, type Schema, withoutFamily } from '../../src/index.ts';
import { factsOf } from '../../src/migrations/definition.ts';
import { splitStatements } from '../../src/migrations/files.ts';

const table =
  "CREATE TABLE resonant.t (`a` Array(Tuple(x String, y UInt8)) COMMENT 'a, or (b); TTL' CODEC(Delta(8), ZSTD(1)), `b` UInt8 DEFAULT now() COMMENT 'it\\'s' TTL at + toIntervalDay(1), " +
  "INDEX i b TYPE minmax GRANULARITY 1, CONSTRAINT c CHECK b IN (1, 2), PROJECTION p (SELECT a ORDER BY b)) ENGINE = MergeTree PARTITION BY toYear(at) ORDER BY (a, b) TTL at + toIntervalYear(1) SETTINGS x = 1, y = 'z, w' COMMENT 'Rows AS they are'";

describe('the facts of a definition', () => {
  test('are named one by one', () => {
    expect(Object.fromEntries(factsOf(table))).toEqual({
      object: 'TABLE',
      'column a: type': 'Array(Tuple(x String, y UInt8))',
      'column a: comment': "'a, or (b); TTL'",
      'column a: codec': '(Delta(8), ZSTD(1))',
      'column b: type': 'UInt8',
      'column b: default': 'DEFAULT now()',
      'column b: comment': "'it\\'s'",
      'column b: ttl': 'at + toIntervalDay(1)',
      'index i': 'b TYPE minmax GRANULARITY 1',
      'constraint c': 'CHECK b IN (1, 2)',
      'projection p': '(SELECT a ORDER BY b)',
      engine: 'MergeTree',
      'partition by': 'toYear(at)',
      'order by': '(a, b)',
      ttl: 'at + toIntervalYear(1)',
      'setting x': '1',
      'setting y': "'z, w'",
      comment: "'Rows AS they are'",
    });
  });

  test('of a materialised view are its target and its query', () => {
    const view =
      "CREATE MATERIALIZED VIEW resonant.v TO resonant.t (`a` String) COMMENT 'Fills t.' AS SELECT a FROM resonant.i ORDER BY a";
    expect(Object.fromEntries(factsOf(view))).toEqual({
      object: 'MATERIALIZED VIEW',
      target: 'resonant.t',
      comment: "'Fills t.'",
      query: 'SELECT a FROM resonant.i ORDER BY a',
    });
  });
});

describe('a difference', () => {
  const changed = (from: string, to: string): readonly string[] =>
    differences(new Map([['t', table]]), new Map([['t', table.replace(from, to)]])).map(differenceText);

  test.each([
    ['`b` UInt8', '`b` UInt16', 'resonant.t: column b: type: expected UInt8, found UInt16'],
    ["COMMENT 'it\\'s'", "COMMENT ''", "resonant.t: column b: comment: expected 'it\\'s', found ''"],
    [' TTL at + toIntervalYear(1)', '', 'resonant.t: ttl: expected at + toIntervalYear(1), found nothing'],
    ['x = 1', 'x = 2', 'resonant.t: setting x: expected 1, found 2'],
    ['IN (1, 2)', 'IN (1)', 'resonant.t: constraint c: expected CHECK b IN (1, 2), found CHECK b IN (1)'],
    ['(a, b) TTL', '(a) TTL', 'resonant.t: order by: expected (a, b), found (a)'],
  ])('in %s is named', (from, to, text) => {
    expect(changed(from, to)).toEqual([text]);
  });

  test('is a table too few or too many', () => {
    const found = differences(new Map([['t', table]]), new Map([['u', table]])).map(differenceText);
    expect(found).toEqual([
      'resonant.t: expected a table of this name, found nothing',
      'resonant.u: expected nothing, found a table of this name',
    ]);
  });
});

describe('a cluster', () => {
  /** Rendered statements as if an engine had printed them: enough to compare what stays the same between families. */
  const rendered = (family: string): Schema =>
    new Map(
      splitStatements(readFileSync(join(import.meta.dirname, '..', '..', 'golden', `${family}.sql`), 'utf8'))
        .filter((text) => !text.startsWith('CREATE DATABASE'))
        .map((text) => text.replace(/\s+/g, ' ').replace(/IF NOT EXISTS |OR REPLACE | ON CLUSTER '\{cluster\}'/g, ''))
        .map((text) => [/resonant\.(\w+)/.exec(text)?.[1] as string, text]),
    );

  test('has the tables of one server under other names', () => {
    const embedded = rendered('embedded');
    expect(embedded.size).toBeGreaterThan(50);
    expect(differences(embedded, withoutFamily(rendered('cluster'), 'cluster'))).toEqual([]);
    expect(differences(embedded, withoutFamily(rendered('server'), 'server'))).toEqual([]);
  });
});
