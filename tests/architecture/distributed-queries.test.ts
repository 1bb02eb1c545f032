import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repository } from '@resonant/cli';

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

test('in a cluster no query compares a table with the part of another that one shard holds: it says GLOBAL IN', () => {
  const files = globSync('{packages,services}/*/src/**/*.ts', { cwd: repository });
  expect(files.length).toBeGreaterThan(100);
  const found = files.filter((file) => perShard.test(readFileSync(join(repository, file), 'utf8')));
  expect(found).toEqual([]);
});
