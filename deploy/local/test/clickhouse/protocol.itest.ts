import { once } from 'node:events';
import { request } from 'node:http';
import { brotliCompressSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestEndpoint, testEndpoint } from './ask.ts';

let endpoint: TestEndpoint;

beforeAll(async () => {
  endpoint = await testEndpoint(9551, { MAX_BODY_BYTES: String(16 << 20), QUERY_LOG_SECONDS: '1' });
  await endpoint.text('writer', 'CREATE TABLE resonant.t (a UInt64, b String) ENGINE = MergeTree ORDER BY a');
  await endpoint.text('writer', "INSERT INTO resonant.t VALUES (1, 'one'), (2, 'two'), (3, 'it''s; three')");
}, 60_000);

afterAll(() => endpoint.end(), 30_000);

describe('a statement and its answer', () => {
  test.each([
    ['a query in the body', { body: 'SELECT 1' }, '1\n'],
    ['a query in the URL', { body: '', search: { query: 'SELECT 2' } }, '2\n'],
    ['a query in both, joined by a line', { body: '+ 2', search: { query: 'SELECT 1' } }, '3\n'],
    ['a semicolon at the end', { body: 'SELECT 1;\n' }, '1\n'],
    ['a comment at the end', { body: 'SELECT 1 -- one' }, '1\n'],
    ['a format in the URL', { body: 'SELECT 1 AS a', search: { default_format: 'JSONEachRow' } }, '{"a":1}\n'],
    ['its own format before that', { body: 'SELECT 1 FORMAT CSV', search: { default_format: 'JSON' } }, '1\n'],
    ['a format before settings', { body: 'SELECT 1 FORMAT CSV SETTINGS max_threads = 1' }, '1\n'],
    ['settings before a format', { body: 'SELECT 1 SETTINGS max_threads = 1 FORMAT CSV' }, '1\n'],
    ['a column that is called format', { body: "SELECT 'x' AS format" }, 'x\n'],
    ['a database', { body: 'SELECT count() FROM t', search: { database: 'resonant' } }, '3\n'],
    ['a question', { body: 'EXISTS TABLE resonant.t' }, '1\n'],
    ['an explanation', { body: 'EXPLAIN AST SELECT 1', search: { default_format: 'TSVRaw' } }, /SelectWithUnionQuery/],
    ['a union in brackets', { body: '(SELECT 1) UNION ALL (SELECT 1)' }, '1\n1\n'],
    ['FROM first', { body: 'FROM resonant.t SELECT max(a)' }, '3\n'],
    ['WITH first', { body: 'WITH 5 AS x SELECT x' }, '5\n'],
    ['a setting in the URL', { body: "SELECT getSetting('max_block_size')", search: { max_block_size: '7' } }, '7\n'],
    ['and none left behind by it', { body: "SELECT getSetting('max_block_size') = 7" }, '0\n'],
    ['time in UTC', { body: 'SELECT timezone()' }, 'UTC\n'],
    ['no format but an empty one', { body: 'SELECT 1', search: { default_format: '' } }, '1\n'],
    ['a session that has nothing to keep', { body: 'SELECT 1', search: { session_id: 'x' } }, '1\n'],
    ['no rows', { body: 'SELECT a FROM resonant.t WHERE a > 9' }, ''],
  ])('%s', async (_what, { body, search }: { body: string; search?: Record<string, string> }, expected) => {
    const { status, text } = await endpoint.ask('writer', body, search);
    expect({ status, text }).toEqual({
      status: 200,
      text: expect.stringMatching(expected instanceof RegExp ? expected : ''),
    });
    if (typeof expected === 'string') expect(text).toBe(expected);
  });

  test('is told about in headers', async () => {
    const { headers } = await endpoint.ask('writer', 'SELECT number FROM numbers(3) FORMAT JSON', {
      query_id: 'my id',
    });
    expect(headers.get('content-type')).toBe('application/json; charset=UTF-8');
    expect(headers.get('x-clickhouse-query-id')).toBe('my id');
    expect(headers.get('x-clickhouse-format')).toBe('JSON');
    expect(headers.get('x-clickhouse-timezone')).toBe('UTC');
    expect(JSON.parse(headers.get('x-clickhouse-summary') ?? '')).toMatchObject({
      result_rows: '3',
      written_rows: '0',
    });
  });

  test('is the same by GET, if it changes nothing', async () => {
    expect(await endpoint.ask('writer', '', { query: 'SELECT 1' }, { method: 'GET' })).toMatchObject({ text: '1\n' });
    const create = { query: 'CREATE TABLE resonant.no (a Int8) ENGINE = Memory' };
    expect(await endpoint.ask('writer', '', create, { method: 'GET' })).toMatchObject({ status: 500, code: 164 });
    const insert = { query: 'INSERT INTO resonant.t VALUES (9)' };
    expect(await endpoint.ask('writer', '', insert, { method: 'GET' })).toMatchObject({ status: 500, code: 164 });
  });

  test('binds parameters by type, whatever is in them', async () => {
    const hard = `it's \\ "x" \t`;
    const escaped = hard.replaceAll('\\', '\\\\').replaceAll('\t', '\\t');
    const { text } = await endpoint.ask(
      'writer',
      'SELECT {s:String} = unhex({h:String}), {n:UInt8} + 1, {l:Array(String)}, {d:Identifier} FROM {t:Identifier}.t LIMIT 1',
      {
        param_s: escaped,
        param_h: Buffer.from(hard).toString('hex'),
        param_n: '41',
        param_l: "['a','b']",
        param_d: 'a',
        param_t: 'resonant',
      },
    );
    expect(text).toBe("1\t42\t['a','b']\t1\n");
  });

  test('takes parameters from a form, as clients send what is too long for a URL', async () => {
    const form = new FormData();
    form.set('query', 'SELECT length({s:String})');
    form.set('param_s', 'x'.repeat(100_000));
    const response = await fetch(`${endpoint.url}/`, {
      method: 'POST',
      body: form,
      headers: { authorization: endpoint.authorization('writer') },
    });
    expect(await response.text()).toBe('100000\n');
  });

  test.each(['JSON', 'JSONEachRow', 'CSVWithNames', 'Parquet', 'Native', 'RowBinaryWithNamesAndTypes', 'Arrow', 'XML'])(
    'in %s is one document, also when it is large',
    async (format) => {
      const query = `SELECT number AS a, toString(number) AS b FROM numbers(200000) FORMAT ${format}`;
      const response = await fetch(`${endpoint.url}/`, {
        method: 'POST',
        body: query,
        headers: { authorization: endpoint.authorization('writer') },
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      if (format === 'JSON') expect(JSON.parse(bytes.toString()).data).toHaveLength(200_000);
      await endpoint.text('writer', 'CREATE OR REPLACE TABLE resonant.copy (a UInt64, b String) ENGINE = Memory');
      if (format === 'XML') return void expect(bytes.toString().match(/<row>/g)).toHaveLength(200_000);
      const { status } = await endpoint.ask(
        'writer',
        gzipSync(bytes),
        { query: `INSERT INTO resonant.copy FORMAT ${format}` },
        {
          headers: { 'content-encoding': 'gzip' },
        },
      );
      expect(status).toBe(200);
      expect(await endpoint.text('writer', 'SELECT count(), sum(a), sum(length(b)) FROM resonant.copy')).toBe(
        '200000\t19999900000\t1088890\n',
      );
    },
  );
});

describe('compression', () => {
  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('of a body by %s is undone', async (encoding, compress) => {
    const { text } = await endpoint.ask(
      'writer',
      compress(Buffer.from('SELECT 7')),
      {},
      {
        headers: { 'content-encoding': encoding },
      },
    );
    expect(text).toBe('7\n');
  });

  const raw = async (search: string, headers: Record<string, string>) => {
    const { hostname, port } = new URL(endpoint.url);
    const asked = request({
      hostname,
      port,
      path: `/?${search}`,
      headers: { authorization: endpoint.authorization('writer'), ...headers },
    });
    asked.end();
    const [response] = await once(asked, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { response, body: Buffer.concat(chunks) };
  };
  const query = 'query=SELECT+number+FROM+numbers(100000)';

  test('of an answer is done when it is asked for', async () => {
    const { response, body } = await raw(`${query}&enable_http_compression=1`, { 'accept-encoding': 'gzip' });
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(body).toString().split('\n')).toHaveLength(100_001);
    expect(body.length).toBeLessThan(400_000);
  });

  test('of an answer is not done when only one of the two asks for it', async () => {
    expect((await raw(query, { 'accept-encoding': 'gzip' })).response.headers['content-encoding']).toBeUndefined();
    expect((await raw(`${query}&enable_http_compression=1`, {})).response.headers['content-encoding']).toBeUndefined();
  });

  test('that unpacks beyond the bound is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    const answer = await endpoint.ask(
      'writer',
      bomb,
      { query: 'INSERT INTO resonant.t FORMAT TSV' },
      {
        headers: { 'content-encoding': 'gzip' },
      },
    );
    expect(answer).toMatchObject({ status: 413, code: 223 });
  });
});

describe('who asks', () => {
  const asUser = (headers: Record<string, string>, search = '') =>
    fetch(`${endpoint.url}/?query=SELECT+1${search}`, { headers });

  test('may say so in three ways, one at a time', async () => {
    const key = endpoint.passwords.writer;
    expect((await asUser({ authorization: endpoint.authorization('writer') })).status).toBe(200);
    expect((await asUser({ 'x-clickhouse-user': 'writer', 'x-clickhouse-key': key })).status).toBe(200);
    expect((await asUser({}, `&user=writer&password=${key}`)).status).toBe(200);
    const both = await asUser({ authorization: endpoint.authorization('writer') }, `&user=writer&password=${key}`);
    expect([both.status, both.headers.get('x-clickhouse-exception-code')]).toEqual([403, '516']);
  });

  test.each([
    ['nobody', {}, 401, '194'],
    ['a wrong password', { 'x-clickhouse-user': 'writer', 'x-clickhouse-key': 'x' }, 403, '516'],
    ['an unknown user', { 'x-clickhouse-user': 'default', 'x-clickhouse-key': '' }, 403, '516'],
    ['a name without a password', { 'x-clickhouse-user': 'writer' }, 403, '516'],
    ['another scheme', { authorization: 'Bearer x' }, 403, '516'],
  ])('%s is refused', async (_who, headers, status, code) => {
    const response = await asUser(headers as Record<string, string>);
    expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([status, code]);
    expect(response.headers.has('www-authenticate')).toBe(status === 401);
    expect(await response.text()).not.toContain(endpoint.passwords.writer);
  });

  test.each(['GET', 'HEAD'])(
    'is not asked for by %s of / without a query, which says that someone is there',
    async (method) => {
      const response = await fetch(endpoint.url, { method });
      expect([response.status, await response.text()]).toEqual([200, method === 'GET' ? 'Ok.\n' : '']);
    },
  );

  test('by HEAD gets the headers of the answer alone', async () => {
    const response = await fetch(`${endpoint.url}/?query=SELECT+1`, {
      method: 'HEAD',
      headers: { authorization: endpoint.authorization('analyst') },
    });
    expect([response.status, response.headers.get('x-clickhouse-format'), await response.text()]).toEqual([
      200,
      'TabSeparated',
      '',
    ]);
  });

  test('is not asked for by /ping and the page, which loads nothing from elsewhere', async () => {
    expect(await (await fetch(`${endpoint.url}/ping`)).text()).toBe('Ok.\n');
    const page = await fetch(`${endpoint.url}/play`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await page.text()).match(/(src|href)="[^"]*"/g)).toEqual(['href="/play.css"', 'src="/play.js"']);
    expect((await fetch(`${endpoint.url}/nope`)).status).toBe(404);
  });

  test('from a page of another site is refused', async () => {
    const headers = { authorization: endpoint.authorization('writer'), origin: 'http://evil.example' };
    expect((await asUser(headers)).status).toBe(403);
    expect((await asUser({ ...headers, origin: endpoint.url })).status).toBe(200);
  });
});

test('what was asked is in the query log, without what it was asked with', async () => {
  await endpoint.text(
    'writer',
    `CREATE TABLE resonant.queries (query_id String, user String, asked_at DateTime64(3, 'UTC'), statement String,
      parameters Map(String, String), duration_ms UInt64, n_rows UInt64, code Int32) ENGINE = MergeTree ORDER BY asked_at`,
  );
  await endpoint.text('writer', 'CREATE DATABASE own');
  await endpoint.text('writer', 'CREATE TABLE own.t ENGINE = Memory AS SELECT * FROM resonant.t');
  await endpoint.ask('analyst', "SELECT a FROM t WHERE b = 'secret-1' AND a < {n:UInt8} -- secret-2", {
    query_id: 'logged',
    database: 'own',
    param_n: '101',
  });
  await endpoint.ask('writer', 'SELECT 7', { query_id: 'product' });
  await endpoint.ask('writer', "ALTER TABLE resonant.queries DELETE WHERE user = 'nobody'", { query_id: 'changed' });
  await endpoint.ask('analyst', 'SELECT nope', { query_id: 'failed' });
  const rows = await (async () => {
    for (;;) {
      const text = await endpoint.text(
        'writer',
        "SELECT query_id, user, statement, parameters, n_rows, code, asked_at > now() - 60 FROM resonant.queries WHERE query_id IN ('logged', 'failed', 'product', 'changed') ORDER BY query_id DESC",
      );
      if (text.includes('failed')) return text;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  expect(rows).toBe(
    "logged\tanalyst\tSELECT a FROM t WHERE b = ? AND a < {n:UInt8}\t{'n':'3 characters'}\t0\t0\t1\n" +
      'failed\tanalyst\tSELECT nope\t{}\t0\t47\t1\n' +
      'changed\twriter\tALTER TABLE resonant.queries DELETE WHERE user = ?\t{}\t0\t0\t1\n',
  );
}, 20_000);
