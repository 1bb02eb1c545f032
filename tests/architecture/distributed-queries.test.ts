import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repository } from '@resonant/cli';
import { readQuestions, renderedText } from '@resonant/clickhouse';
import { splitStatements } from '../../packages/clickhouse/src/migrations/files.ts';

/** A set that is read from tables, and not by the server that was asked alone. */
const perShard = /(?<!GLOBAL )(?<!GLOBAL NOT )\b(NOT )?IN\s*\(\s*(SELECT|WITH)\b/;

test.each([
  ['a IN (SELECT b FROM t)', true],
  ['a NOT IN\n  (SELECT b FROM t)', true],
  ['(a, b) IN (\n  WITH 1 AS c SELECT c', true],
  ['a GLOBAL IN (SELECT b FROM t)', false],
  ['a GLOBAL NOT IN\n (SELECT b FROM t)', false],
  ["a IN ('x', 'y')", false],
])('of %j it is said that each shard would read its own part: %s', (sql, expected) => {
  expect(perShard.test(sql)).toBe(expected);
});

/** A table over the shards that is joined with what each shard would read for itself. */
const joinedPerShard =
  /\bFROM\s+resonant\.\w+(\s+AS\s+\w+)?\s+((ANY|ALL|ASOF|SEMI|ANTI|LEFT|RIGHT|FULL|INNER|OUTER|CROSS)\s+)*JOIN\b/;

test.each([
  ['FROM resonant.a JOIN (SELECT 1) AS b', true],
  ['FROM resonant.a AS x\n  ASOF LEFT JOIN b ON x.c = b.c', true],
  ['FROM resonant.a AS x GLOBAL LEFT JOIN b ON x.c = b.c', false],
  ['FROM (SELECT c FROM resonant.a) AS x LEFT JOIN b ON x.c = b.c', false],
  ['FROM resonant.a AS x LEFT ARRAY JOIN b', false],
])('of %j it is said that each shard would join its own part: %s', (sql, expected) => {
  expect(joinedPerShard.test(sql)).toBe(expected);
});

test('in a cluster no query compares a table with the part of another that one shard holds: it says GLOBAL IN', () => {
  const files = globSync('{packages,services}/*/src/**/*.ts', { cwd: repository });
  expect(files.length).toBeGreaterThan(100);
  const found = files.filter((file) => {
    const text = readFileSync(join(repository, file), 'utf8');
    return perShard.test(text) || joinedPerShard.test(text);
  });
  expect(found).toEqual([]);
});

/** The queries of a cluster's views, each as the last migration has left it. */
function viewsOfCluster(): ReadonlyMap<string, string> {
  const views = new Map<string, string>();
  for (const text of splitStatements(renderedText('cluster'))) {
    const created = /^CREATE (?:OR REPLACE )?(?:MATERIALIZED )?VIEW (?:IF NOT EXISTS )?resonant\.(\w+)/.exec(text);
    const [, name] = created ?? /^ALTER TABLE resonant\.(\w+) .*?MODIFY QUERY/.exec(text) ?? [];
    if (name !== undefined) views.set(name, text.replace(/'(?:[^'\\]|\\.|'')*'/g, "''"));
  }
  return views;
}

test('nor does any view of a cluster, nor a worked question: no setting of the user is needed', () => {
  const views = viewsOfCluster();
  expect([...views.keys()].filter((name) => name.startsWith('v_'))).toHaveLength(8);
  expect(views.has('lost_ranges') && views.has('intake_signals_to_signals')).toBe(true);
  const isPerShard = (sql: string): boolean => perShard.test(sql) || joinedPerShard.test(sql);
  expect([...views].filter(([, sql]) => isPerShard(sql)).map(([name]) => name)).toEqual([]);
  const questions = readQuestions();
  expect(questions).toHaveLength(20);
  expect(questions.filter(({ sql }) => isPerShard(sql)).map(({ number }) => number)).toEqual([]);
});
