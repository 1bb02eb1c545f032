import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

/** The client as anyone gets it, and curl: whatever serves CLICKHOUSE_URL has to be ClickHouse to them. */
const url = process.env.CLICKHOUSE_URL ?? '';
const username = process.env.CLICKHOUSE_USER ?? '';
const password = process.env.CLICKHOUSE_PASSWORD ?? '';
const database = 'stock_client_test';
let client: ClickHouseClient;

const connect = (options: Readonly<Record<string, unknown>> = {}): ClickHouseClient =>
  createClient({ url, username, password, database, log: { level: 127 }, ...options });

beforeAll(async () => {
  const first = connect({ database: 'default' });
  await first.command({ query: `DROP DATABASE IF EXISTS ${database}` });
  await first.command({ query: `CREATE DATABASE ${database}` });
  await first.close();
  client = connect();
  await client.command({ query: 'CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a' });
}, 30_000);

afterAll(async () => {
  await client.command({ query: `DROP DATABASE ${database}` });
  await client.close();
});

test('it is there', async () => {
  expect(await client.ping()).toMatchObject({ success: true });
  expect(await client.ping({ select: true })).toMatchObject({ success: true });
});

describe('the stock client', () => {
  test('inserts rows and reads them in the formats that it knows', async () => {
    const { summary } = await client.insert({
      table: 't',
      values: [
        { a: 1, b: 'one' },
        { a: '18446744073709551615', b: 'größt\n\n"' },
      ],
      format: 'JSONEachRow',
    });
    expect(summary?.written_rows).toBe('2');
    const query = 'SELECT toString(a) AS a, b FROM t ORDER BY t.a';
    const rows = await client.query({ query, format: 'JSONEachRow' });
    expect(await rows.json()).toEqual([
      { a: '1', b: 'one' },
      { a: '18446744073709551615', b: 'größt\n\n"' },
    ]);
    const json = await client.query({ query, format: 'JSON' });
    expect(await json.json()).toMatchObject({ rows: 2, meta: [{ type: 'String' }, { type: 'String' }] });
    const csv = await client.query({ query: 'SELECT b FROM t WHERE a = 1', format: 'CSVWithNames' });
    expect(await csv.text()).toBe('"b"\n"one"\n');
    const compact = await client.query({ query: 'SELECT a FROM t WHERE a = 1', format: 'JSONCompactEachRow' });
    expect(await compact.json()).toEqual([[1]]);
  });

  test('inserts a stream, compressed, and reads a stream, compressed', async () => {
    const compressing = connect({ compression: { request: true, response: true } });
    await client.command({ query: 'TRUNCATE TABLE t' });
    await compressing.insert({
      table: 't',
      values: Readable.from(
        (function* () {
          for (let a = 0; a < 50_000; a++) yield { a, b: `row ${a}` };
        })(),
      ),
      format: 'JSONEachRow',
    });
    const result = await compressing.query({ query: 'SELECT a, b FROM t ORDER BY a', format: 'JSONEachRow' });
    let next = 0;
    for await (const rows of result.stream<{ a: number; b: string }>()) {
      for (const row of rows) {
        const { a, b } = row.json();
        if (a !== next || b !== `row ${next}`) throw new Error(`row ${next} is ${a}, ${b}`);
        next++;
      }
    }
    expect(next).toBe(50_000);
    await compressing.close();
  });

  test('binds parameters of all kinds, in the URL and in a form', async () => {
    const query_params = {
      s: `it's \\ "x"\t\n`,
      n: 7,
      list: ['a', "b'"],
      map: { k: 1 },
      none: null,
      at: new Date(1e12),
    };
    const query =
      "SELECT {s:String} AS s, {n:UInt8} AS n, {list:Array(String)} AS list, {map:Map(String, UInt8)} AS map, {none:Nullable(String)} AS none, {at:DateTime64(3, 'UTC')} AS at";
    for (const use_multipart_params of [false, true]) {
      const result = await client.query({ query, query_params, format: 'JSONEachRow', use_multipart_params });
      expect(await result.json()).toEqual([
        { s: query_params.s, n: 7, list: ['a', "b'"], map: { k: 1 }, none: null, at: '2001-09-09 01:46:40.000' },
      ]);
    }
  });

  test.each([
    ['SELECT * FROM nope', '60', 'UNKNOWN_TABLE'],
    ['SELEC 1', '62', 'SYNTAX_ERROR'],
    ['SELECT throwIf(number = 3) FROM numbers(5)', '395', 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
  ])('gets the code of the error of %s', async (query, code, type) => {
    await expect(client.query({ query })).rejects.toMatchObject({ code, type });
  });

  test('gets the error that comes in the middle of a stream', async () => {
    const result = await client.query({
      query: 'SELECT number, throwIf(number = 3000000) FROM numbers(4000000) SETTINGS max_threads = 1',
      format: 'JSONEachRow',
    });
    const read = async (): Promise<void> => {
      for await (const _rows of result.stream());
    };
    await expect(read()).rejects.toThrow(/throwIf|aborted|ECONNRESET/);
  });

  test('refuses what has a wrong password', async () => {
    const stranger = connect({ password: 'wrong' });
    await expect(stranger.query({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '516' });
    await stranger.close();
  });

  test('ends a query by its signal', async () => {
    const abort = new AbortController();
    const query_id = `aborted-${Date.now()}`;
    const left = client.query({
      query: 'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)',
      query_id,
      abort_signal: abort.signal,
    });
    setTimeout(() => abort.abort(), 100);
    await expect(left).rejects.toThrow('aborted');
    for (;;) {
      const result = await client.query({
        query:
          "SELECT count() AS n FROM system.processes WHERE query LIKE '%1000000000000)%' AND query NOT LIKE '%processes%'",
        format: 'JSONEachRow',
      });
      const [row] = await result.json<{ n: number }>();
      if (Number(row?.n) === 0) break;
    }
  });
});

describe('curl', () => {
  const curl = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)('curl', ['-sS', '--user', `${username}:${password}`, ...args])).stdout;

  test.each([
    ['a statement in the body', ['--data-binary', 'SELECT 1 FORMAT TSV'], '1\n'],
    [
      'a statement in the URL',
      ['-G', '--data-urlencode', 'query=SELECT {a:UInt8} FORMAT CSV', '-d', 'param_a=7'],
      '7\n',
    ],
    [
      'compression',
      ['--compressed', '-G', '-d', 'enable_http_compression=1', '--data-urlencode', 'query=SELECT 2'],
      '2\n',
    ],
  ])('asks by %s', async (_what, args, expected) => {
    expect(await curl(...args, url)).toBe(expected);
  });
});
