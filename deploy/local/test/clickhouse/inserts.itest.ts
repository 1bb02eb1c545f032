import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TestEndpoint, testEndpoint } from './ask.ts';

let endpoint: TestEndpoint;

beforeAll(async () => {
  endpoint = await testEndpoint(9553);
  await endpoint.text(
    'writer',
    'CREATE TABLE resonant.i (a UInt64, b String DEFAULT 0) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100',
  );
}, 60_000);

afterAll(() => endpoint.end(), 30_000);

const counted = async (): Promise<string> => endpoint.text('writer', 'SELECT count(), sum(a) FROM resonant.i');

test.each([
  ['values in the body', '', "INSERT INTO resonant.i VALUES (1, 'x; y'), (2, '')", 2],
  ['rows behind a statement in the URL', 'INSERT INTO resonant.i FORMAT JSONEachRow', '{"a":1}\n{"a":2}\n', 2],
  ['rows behind a statement in the body', '', 'INSERT INTO resonant.i FORMAT JSONEachRow\n{"a":1}', 1],
  ['binary rows', 'INSERT INTO resonant.i FORMAT RowBinary', Buffer.from([10, 0, 0, 0, 0, 0, 0, 0, 1, 10]), 1],
  ['values with a blank line', '', "INSERT INTO resonant.i VALUES (1, 'x\n\ny'),\n\n(2, upper('z'))", 2],
  ['values with parameters', '', 'INSERT INTO resonant.i VALUES ({n:UInt8}, {s:String})', 1],
  ['values in the URL', 'INSERT INTO resonant.i (a) VALUES (1), (2)', '', 2],
  ['rows with blank lines', 'INSERT INTO resonant.i FORMAT JSONEachRow', '{"a":1}\n\n{"a":2}\n', 2],
  ['text that looks like a statement', 'INSERT INTO resonant.i FORMAT CSV', '1,"\n\nDROP TABLE resonant.t"\n', 1],
  [
    'rows with settings in between',
    'INSERT INTO resonant.i (a) SETTINGS async_insert = 0 FORMAT JSONEachRow',
    '{"a":1}',
    1,
  ],
  [
    'binary rows that hold line ends',
    'INSERT INTO resonant.i FORMAT RowBinary',
    Buffer.from([10, 10, 10, 10, 0, 0, 0, 0, 2, 10, 10]),
    1,
  ],
  ['nothing', 'INSERT INTO resonant.i FORMAT JSONEachRow', '', 0],
  ['rows in the body behind a comment in the URL', '-- x', "INSERT INTO resonant.i VALUES (1, 'x\n\ny')", 1],
  ['a select behind WITH in front', '', "WITH 3 AS x INSERT INTO resonant.i SELECT x, 'y'", 1],
  ['a select', '', "INSERT INTO resonant.i SELECT number, 'x' FROM numbers(5)", 5],
  ['a select behind WITH', '', 'INSERT INTO resonant.i (a) WITH 3 AS x SELECT x', 1],
])('an insert of %s says how many were written', async (_what, query, body, rows) => {
  const { status, headers, text } = await endpoint.ask('writer', body, { param_n: '7', param_s: 'seven', query });
  expect({ status, text }).toEqual({ status: 200, text: '' });
  expect(JSON.parse(headers.get('x-clickhouse-summary') ?? '')).toMatchObject({ written_rows: String(rows) });
});

test('an insert keeps its settings to itself: a token swallows only what carries it', async () => {
  await endpoint.text('writer', 'TRUNCATE TABLE resonant.i');
  const settings = "SETTINGS insert_deduplicate = 1, insert_deduplication_token = 'once'";
  for (const a of [1, 1, 1]) {
    await endpoint.ask('writer', `{"a":${a}}`, { query: `INSERT INTO resonant.i ${settings} FORMAT JSONEachRow` });
  }
  expect(await counted()).toBe('1\t1\n');
  for (const a of [2, 3])
    await endpoint.ask('writer', `{"a":${a}}`, { query: 'INSERT INTO resonant.i FORMAT JSONEachRow' });
  expect(await counted()).toBe('3\t6\n');
  const inUrl = { insert_deduplication_token: 'two', query: 'INSERT INTO resonant.i FORMAT JSONEachRow' };
  for (const a of [4, 4]) await endpoint.ask('writer', `{"a":${a}}`, inUrl);
  expect(await counted()).toBe('4\t10\n');
});

test('an insert of half a body stores nothing', async () => {
  await endpoint.text('writer', 'TRUNCATE TABLE resonant.i');
  const { hostname, port } = new URL(endpoint.url);
  const half = request({
    hostname,
    port,
    method: 'POST',
    path: `/?query=${encodeURIComponent('INSERT INTO resonant.i FORMAT JSONEachRow')}`,
    headers: { authorization: endpoint.authorization('writer'), 'content-length': 1000 },
  });
  half.on('error', () => undefined);
  const closed = new Promise((resolve) => half.once('close', resolve));
  await new Promise((resolve) => half.write('{"a":1}\n{"a":2}\n', resolve));
  half.destroy();
  await closed;
  expect(await counted()).toBe('0\t0\n');
});

test('an insert that the engine refuses says why by its code, and stores nothing', async () => {
  const answer = await endpoint.ask('writer', '{"a":1}\n{"a":"x"}', {
    query: 'INSERT INTO resonant.i FORMAT JSONEachRow',
  });
  expect(answer).toMatchObject({ status: 400, code: 27 });
  expect(await counted()).toBe('0\t0\n');
});
