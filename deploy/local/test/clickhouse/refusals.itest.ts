import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestEndpoint, testEndpoint } from './ask.ts';

let endpoint: TestEndpoint;

beforeAll(async () => {
  endpoint = await testEndpoint(9557);
}, 60_000);

afterAll(() => endpoint.end(), 30_000);

describe('what cannot be done', () => {
  test.each([
    ['an unknown table', 'SELECT * FROM resonant.nope', {}, 404, 60],
    ['an unknown database', 'SELECT 1', { database: 'nope' }, 404, 81],
    ['a syntax error', 'SELEC 1', {}, 400, 62],
    ['nothing', '', {}, 400, 62],
    ['two statements', 'SELECT 1; SELECT 2', {}, 400, 62],
    ['a format that does not exist', 'SELECT 1 FORMAT Nope', {}, 404, 73],
    ['a default format that is no name', 'SELECT 1', { default_format: "x' y" }, 400, 36],
    ['a setting that does not exist', 'SELECT 1', { nope_setting: '1' }, 404, 115],
    ['a parameter that is missing', 'SELECT {a:UInt8}', {}, 500, 456],
    ['a parameter of another type', 'SELECT {a:UInt8}', { param_a: 'x' }, 500, 457],
    ['an error in a row', 'SELECT throwIf(number = 9) FROM numbers(10)', {}, 500, 395],
    ['a file to write to', "SELECT 1 INTO OUTFILE '/tmp/resonant-never'", {}, 400, 62],
    ['a setting that a session is to keep', 'SET max_threads = 1', { session_id: 'x' }, 501, 48],
    ['a database that a session is to keep', 'USE resonant', { session_id: 'x' }, 501, 48],
    ['a table of a session', 'CREATE OR REPLACE TEMPORARY TABLE x (a Int8)', { session_id: 'x' }, 501, 48],
    ['blocks of the native protocol', 'SELECT 1', { compress: '1' }, 501, 48],
    ['a query id of other characters', 'SELECT 1', { query_id: 'é' }, 400, 36],
    ['a query beyond the bound', `SELECT 1 -- ${'x'.repeat(1 << 20)}`, {}, 413, 223],
  ])('%s is told by code and status', async (_what, statement, search: Record<string, string>, status, code) => {
    const answer = await endpoint.ask('writer', statement, search);
    expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
    expect(answer.text).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: [\\s\\S]+ \\(version 26\\.7\\.2\\.1\\)\\n$`),
    );
    expect(answer.text).not.toContain("OUTFILE '/tmp/resonant-clickhouse");
  });

  test.each([
    ['in the body', '', Buffer.from("SELECT hex('\xff')", 'latin1'), {}],
    ['in the URL', "query=SELECT+hex('%FF')", '', {}],
    ['in a parameter', 'query=SELECT+hex({a:String})&param_a=a%C3', '', {}],
    [
      'in a form',
      '',
      Buffer.from(
        '--x\r\nContent-Disposition: form-data; name="query"\r\n\r\nSELECT hex(\'\xff\')\r\n--x--\r\n',
        'latin1',
      ),
      { 'content-type': 'multipart/form-data; boundary=x' },
    ],
  ])('bytes that are no UTF-8 %s are refused, and not changed unseen', async (_where, search, body, headers) => {
    const response = await fetch(`${endpoint.url}/?${search}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: { authorization: endpoint.authorization('writer'), ...headers },
    });
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 400,
      text: expect.stringContaining("write other bytes as unhex('…')"),
    });
  });

  test.each([
    ['letters in the URL as they are', Buffer.from("/?query=SELECT'größe'").toString('latin1'), 400, 'written as %XX'],
    ['a URL that is too long', `/?query=SELECT+1+--${'x'.repeat(600_000)}`, 431, 'longer than 524288 bytes'],
  ])('%s: what is to be done is said', async (_what, path, status, why) => {
    const { hostname, port } = new URL(endpoint.url);
    const asked = request({ hostname, port, path, headers: { authorization: endpoint.authorization('writer') } });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(status);
    expect(await text(response)).toMatch(new RegExp(`^Code: 36\\. .*${why}.*put the statement into the body`));
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is refused with what is there instead', async (method) => {
    const response = await fetch(`${endpoint.url}/`, {
      method,
      headers: { authorization: endpoint.authorization('writer') },
    });
    expect([response.status, response.headers.get('allow')]).toEqual([501, 'GET, HEAD, POST']);
  });

  test('an encoding that is unknown', async () => {
    const answer = await endpoint.ask('writer', 'x', {}, { headers: { 'content-encoding': 'lz4' } });
    expect(answer).toMatchObject({ status: 501, code: 48 });
  });

  test('an error behind the first bytes is told in the frame that clients know, and the connection is cut', async () => {
    const { hostname, port } = new URL(endpoint.url);
    const asked = request({
      hostname,
      port,
      method: 'POST',
      path: '/',
      headers: { authorization: endpoint.authorization('writer') },
    });
    asked.end('SELECT number, throwIf(number = 9000000) FROM numbers(10000000) SETTINGS max_threads = 1');
    const [response] = await once(asked, 'response');
    let tail = '';
    const ended = new Promise<string>((resolve) => {
      response.on('end', () => resolve('ended'));
      response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    });
    response.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-2000);
    });
    expect(await ended).toBe('ECONNRESET');
    expect(response.statusCode).toBe(200);
    const tag = response.headers['x-clickhouse-exception-tag'];
    const frame = new RegExp(
      `\\r\\n__exception__\\r\\n${tag}\\r\\n(Code: 395[\\s\\S]*\\n)(\\d+) ${tag}\\r\\n__exception__\\r\\n$`,
    );
    const [, message, length] = frame.exec(tail) ?? [];
    expect(Buffer.byteLength(message ?? '')).toBe(Number(length));
  }, 30_000);

  test.each([
    ['gzip', createGunzip],
    ['deflate', createInflate],
    ['br', createBrotliDecompress],
    ['zstd', createZstdDecompress],
  ] as const)(
    'an error behind the first bytes of an answer in %s ends it, too, readable to its last byte',
    async (encoding, decoder) => {
      const { hostname, port } = new URL(endpoint.url);
      const asked = request({
        hostname,
        port,
        method: 'POST',
        path: '/?enable_http_compression=1',
        headers: { authorization: endpoint.authorization('writer'), 'accept-encoding': encoding },
      });
      asked.end('SELECT number, throwIf(number = 9000000) FROM numbers(10000000) SETTINGS max_threads = 1');
      const [response] = await once(asked, 'response');
      expect(response.headers['content-encoding']).toBe(encoding);
      const cut = new Promise<string>((resolve) => {
        response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      });
      const plain = decoder();
      response.on('data', (part: Buffer) => plain.write(part));
      let tail = '';
      plain.on('data', (part: Buffer) => {
        tail = (tail + part.toString('latin1')).slice(-2000);
      });
      expect(await cut).toBe('ECONNRESET');
      plain.end();
      await once(plain, 'end');
      const tag = response.headers['x-clickhouse-exception-tag'];
      expect(tail).toMatch(
        new RegExp(`\\r\\n__exception__\\r\\n${tag}\\r\\nCode: 395[\\s\\S]*\\n\\d+ ${tag}\\r\\n__exception__\\r\\n$`),
      );
    },
    30_000,
  );

  test('an error before the end has a status of its own if the client waits for the end', async () => {
    const answer = await endpoint.ask(
      'writer',
      'SELECT number, throwIf(number = 300000) FROM numbers(400000) SETTINGS max_threads = 1',
      { wait_end_of_query: '1' },
    );
    expect(answer).toMatchObject({ status: 500, code: 395 });
  });
});
