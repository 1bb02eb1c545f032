import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type ClickHouse,
  clickHouseCodeOf,
  errorClassOf,
  errorCodes,
  hashedTables,
  intakeColumns,
  migrate,
} from '@resonant/clickhouse';
import { type OwnEndpoint, ownEndpoint } from './support/own-endpoint.ts';

let own: OwnEndpoint;
let clickhouse: ClickHouse;

beforeAll(async () => {
  own = await ownEndpoint();
  clickhouse = own.clickhouse;
  await migrate(clickhouse, 'embedded');
});
afterAll(() => own?.close());

describe('the schema', () => {
  test('comments every table, and every column with unit and example', async () => {
    const tables = await clickhouse.query<{ name: string; engine: string; comment: string }>(
      "SELECT name, engine, comment FROM system.tables WHERE database = 'resonant'",
    );
    expect(tables.length).toBeGreaterThan(50);
    const described = tables.filter(({ engine, name }) => engine !== 'MaterializedView' && !name.startsWith('v_'));
    expect(described.filter(({ comment }) => !/; unit: .+; e\.g\. .+\. Retention: .+\.$/.test(comment))).toEqual([]);
    // A view with parameters has no list of columns to comment: its comment says them, and how it is called.
    const called = tables.filter(({ name }) => name.startsWith('v_'));
    expect(called.filter(({ comment }) => !/Parameters: .+ Columns: .+ Example: SELECT /.test(comment))).toEqual([]);
    expect(called.length).toBeGreaterThan(5);
    expect(tables.filter(({ comment }) => comment === '')).toEqual([]);
    // The attributes of a dictionary cannot have comments of their own: its comment names them.
    const columns = await clickhouse.query<{
      table: string;
      name: string;
      comment: string;
      engine: string;
      about: string;
    }>(
      `SELECT c.table AS table, c.name AS name, c.comment AS comment, t.engine AS engine, t.comment AS about
       FROM system.columns AS c INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
       WHERE c.database = 'resonant' AND t.engine != 'MaterializedView'`,
    );
    const silent = columns.filter(({ name, comment, engine, about }) =>
      engine === 'Dictionary' ? !about.includes(name) : !/^.+; unit: .+; e\.g\. .+$/s.test(comment),
    );
    expect(silent.map(({ table, name }) => `${table}.${name}`)).toEqual([]);
    expect(columns.length).toBeGreaterThan(400);
  });

  test('keeps what its comments say, for as long as they say', async () => {
    const tables = await clickhouse.query<{ name: string; comment: string; definition: string }>(
      `SELECT name, comment, create_table_query AS definition FROM system.tables
       WHERE database = 'resonant' AND engine LIKE '%MergeTree'`,
    );
    expect(tables).toHaveLength(21);
    const wrong = tables.filter(({ comment, definition }) => {
      const [, count, unit, column] = /Retention: (\d+) (year)s? from (\w+)\.$/.exec(comment) ?? [];
      const ttl = / TTL (\w+) \+ toInterval(\w+)\((\d+)\) SETTINGS/.exec(definition);
      if (count === undefined) return !/Retention: kept/.test(comment) || ttl !== null;
      return ttl === null || [ttl[1], ttl[2]?.toLowerCase(), ttl[3]].join() !== [column, unit, count].join();
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('has deduplication windows on every table that holds rows', async () => {
    const without = await clickhouse.query(
      `SELECT name FROM system.tables WHERE database = 'resonant' AND engine LIKE '%MergeTree'
       AND (extract(engine_full, '[^a-z_]non_replicated_deduplication_window = (\\\\d+)') = ''
         OR extract(engine_full, '[^_]replicated_deduplication_window = (\\\\d+)') = '')`,
    );
    expect(without).toEqual([]);
  });

  test('names instants _at, durations _ms, booleans is_ and counts n_', async () => {
    const columns = await clickhouse.query<{ table: string; name: string; type: string }>(
      `SELECT table, name, type FROM system.columns WHERE database = 'resonant'
       AND table IN (SELECT name FROM system.tables WHERE database = 'resonant' AND engine != 'MaterializedView')`,
    );
    const instants = columns.filter(({ type }) => /^(Nullable\()?DateTime/.test(type));
    expect(instants.filter(({ name }) => !/(^|_)at$/.test(name))).toEqual([]);
    expect(instants.filter(({ type }) => !type.includes("DateTime64(3, 'UTC')"))).toEqual([]);
    expect(columns.filter(({ name, type }) => /(^|_)at$/.test(name) && !type.includes('DateTime64'))).toEqual([]);
    expect(columns.filter(({ name, type }) => name.startsWith('is_') !== (type === 'UInt8'))).toEqual([]);
  });

  test('has the intake columns that rows are written in', async () => {
    const columns = await clickhouse.query<{ table: string; name: string; type: string }>(
      `SELECT table, name, type FROM system.columns WHERE database = 'resonant' AND default_kind = ''
       AND table IN (SELECT name FROM system.tables WHERE database = 'resonant' AND engine = 'Null') ORDER BY table, position`,
    );
    const live = Object.groupBy(columns, ({ table }) => table);
    const shape = Object.fromEntries(
      Object.entries(live).map(([table, list]) => [
        table,
        Object.fromEntries((list ?? []).map(({ name, type }) => [name, type])),
      ]),
    );
    expect(shape).toEqual(intakeColumns);
  });

  test('checks in each intake table what the tables behind it check', async () => {
    const constraints = await clickhouse.query<{ table: string; name: string; expression: string }>(
      "SELECT table, name, expression FROM system.constraints WHERE database = 'resonant'",
    );
    const intakes = constraints.filter(({ table }) => table.startsWith('intake_')).map(({ expression }) => expression);
    const behind = constraints.filter(({ table }) => (hashedTables as readonly string[]).includes(table));
    expect(behind.length).toBeGreaterThan(40);
    const plain = (text: string): string => text.replace(/[()\s]/g, '');
    expect(
      behind.filter(({ expression }) => !intakes.some((other) => plain(other).endsWith(`OR${plain(expression)}`))),
    ).toEqual([]);
  });

  test('answers questions about a rep from the projection, without reading the table', async () => {
    await clickhouse.command(
      `INSERT INTO resonant.signals (keyspace, kind, rep_id, signal_id, occurred_at, appended_at)
       SELECT 'account', 'touch', concat('rep-', toString(number % 500)), toString(number), now64(3), now64(3)
       FROM numbers(20000)`,
    );
    const plan = await clickhouse.query<{ explain: string }>(
      "EXPLAIN projections = 1 SELECT count() FROM resonant.signals WHERE rep_id = 'rep-7' AND kind = 'touch'",
    );
    expect(plan.map(({ explain }) => explain).join('\n')).toContain('ReadFromMergeTree (by_rep)');
  });
});

describe('errors of the engine', () => {
  const failing = async (statement: string) => {
    try {
      await clickhouse.command(statement);
      return undefined;
    } catch (error) {
      return [errorClassOf(error), clickHouseCodeOf(error)];
    }
  };

  test('have the names that the table of codes gives them', async () => {
    const known = Object.values(errorCodes).flat();
    const [row] = await clickhouse.query<{ names: readonly string[] }>(
      `SELECT [${known.map(([code]) => `errorCodeToName(${code})`).join(', ')}] AS names`,
    );
    expect(row?.names).toEqual(known.map(([, name]) => name));
  });

  test.each([
    ['SELECT 1 +', 'schema', 62],
    ['SELECT * FROM resonant.nothing', 'schema', 60],
    ['SELECT nothing FROM resonant.alerts', 'schema', 47],
    ["INSERT INTO resonant.seals (seal_id, hash) VALUES (0, '')", 'data', 469],
    ['SELECT sleep(2) SETTINGS max_execution_time = 1', 'transient', 159],
  ])('%s is %s', async (statement, name, code) => {
    expect(await failing(statement)).toEqual([name, code]);
  });
});
