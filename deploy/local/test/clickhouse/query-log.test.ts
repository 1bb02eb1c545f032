import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isLogged, type LoggedQuery, QueryLog } from '../../src/clickhouse/query-log.ts';
import { kindOf } from '../../src/clickhouse/statement.ts';

const query = (n: number): LoggedQuery => ({
  query_id: String(n),
  user: 'analyst',
  asked_at: 0,
  statement: 'SELECT ?',
  parameters: {},
  duration_ms: 1,
  n_rows: 1,
  code: 0,
});

let stored: string[];
let lines: string[];
let isAway: boolean;
let log: QueryLog;

beforeEach(() => {
  stored = [];
  lines = [];
  isAway = false;
  log = new QueryLog({
    database: 'resonant',
    everyMs: 3_600_000,
    insert: async (sql, rows) => {
      if (isAway) throw new Error('Code: 60. DB::Exception: the table is not there');
      expect(sql).toMatch(/^INSERT INTO `resonant`\.queries \(query_id, .*\) FORMAT JSONEachRow$/);
      stored.push(...rows.toString().trimEnd().split('\n'));
    },
    onLine: (line) => lines.push(line),
  });
});

afterEach(() => log.close());

const storedIds = (): readonly number[] => stored.map((row) => Number((JSON.parse(row) as LoggedQuery).query_id));

test.each<['analyst' | 'writer', string, boolean]>([
  ['analyst', 'SELECT 1', true],
  ['analyst', 'SHOW TABLES', true],
  ['analyst', 'DROP TABLE t', true],
  ['analyst', 'no statement at all', true],
  ['writer', 'SELECT 1', false],
  ['writer', 'WITH 1 AS a SELECT a', false],
  ['writer', 'EXISTS TABLE t', false],
  ['writer', 'INSERT INTO t FORMAT RowBinary', false],
  ['writer', 'ALTER TABLE t DELETE WHERE a = 1', true],
  ['writer', 'TRUNCATE TABLE t', true],
  ['writer', "KILL QUERY WHERE query_id = 'a'", true],
])(
  'what people ask and what changes tables is logged, what the product reads is not: %s, %s: %s',
  (user, sql, logged) => {
    expect(isLogged(user, kindOf(sql))).toBe(logged);
  },
);

test('queries are stored once, in their order', async () => {
  for (const n of [1, 2, 3]) log.add(query(n));
  await Promise.all([log.flush(), log.flush()]);
  log.add(query(4));
  await log.flush();
  expect(storedIds()).toEqual([1, 2, 3, 4]);
});

test('queries wait while they cannot be stored', async () => {
  isAway = true;
  log.add(query(1));
  await log.flush();
  log.add(query(2));
  isAway = false;
  await log.flush();
  expect(storedIds()).toEqual([1, 2]);
});

test('of more queries than can wait, it is said how many are not there', async () => {
  isAway = true;
  for (let n = 0; n < 2000; n++) log.add(query(n));
  await log.flush();
  for (let n = 2000; n < 2005; n++) log.add(query(n));
  isAway = false;
  await log.flush();
  expect(stored).toHaveLength(2000);
  expect(lines).toEqual(['5 queries are not in the query log: more came than it holds']);
});
