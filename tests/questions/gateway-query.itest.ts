import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ClickHouse, connectClickHouse } from '@resonant/clickhouse';
import { buildApp, createLogger, type FastifyInstance, Health, Metrics, makeKey } from '@resonant/service';
import { authorizer } from '../../services/gateway/src/access/authorize.ts';
import { KeyTable } from '../../services/gateway/src/access/key-table.ts';
import { type QueryRoutes, queryRoutes } from '../../services/gateway/src/routes/query.ts';
import { type HistoryAlone, startHistoryAlone } from './history-alone.ts';

let history: HistoryAlone;
let keys: Readonly<Record<'analyst' | 'team' | 'admin', string>>;
let ring: KeyTable;
const opened: { readonly app: FastifyInstance; readonly clickHouse: ClickHouse }[] = [];

beforeAll(async () => {
  history = await startHistoryAlone(7960);
  ring = new KeyTable();
  const make = (scopes: readonly string[]): string => {
    const { text, record } = makeKey({ name: 'test', scopes, expiresAt: null, now: Date.now(), randomBytes });
    ring.put(record);
    return text;
  };
  keys = {
    analyst: make(['history:query']),
    team: make(['alerts:read', 'team:north', 'rules:read']),
    admin: make(['admin']),
  };
}, 120_000);

afterAll(async () => {
  for (const { app, clickHouse } of opened) {
    await app.close();
    await clickHouse.close();
  }
  await history?.stop();
}, 60_000);

/** The route on a port of its own; the URL of it. */
async function serve(limits: QueryRoutes['limits'] = {}, url = history.url): Promise<string> {
  const password = history.passwords.analyst;
  const clickHouse = connectClickHouse({ url, user: 'analyst', password, application: 'gateway' });
  const metrics = new Metrics();
  const app = await buildApp({
    logger: createLogger('gateway', 'silent'),
    metrics,
    health: new Health(),
    routes: (routed) =>
      queryRoutes(routed, { authorize: authorizer(ring, Date.now), history: () => clickHouse, metrics, limits }),
  });
  opened.push({ app, clickHouse });
  return `${await app.listen({ port: 0, host: '127.0.0.1' })}/v1/query`;
}

const ask = (url: string, body: unknown, key: string = keys.analyst, signal?: AbortSignal): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });

const linesOf = async (response: Response): Promise<readonly unknown[]> =>
  (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

test('columns come first, then rows as arrays, then how many and whether a limit cut them', async () => {
  const url = await serve();
  const sql = 'SELECT number AS n, {words:Array(String)} AS words, {who:Nullable(String)} AS who FROM numbers(3)';
  const response = await ask(url, { sql, parameters: { words: ["it's", 'a,b'], who: null }, limit: 2 });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  expect(await linesOf(response)).toEqual([
    {
      columns: [
        { name: 'n', type: 'UInt64' },
        { name: 'words', type: 'Array(String)' },
        { name: 'who', type: 'Nullable(String)' },
      ],
      queryId: expect.any(String),
      limits: { rows: 2, bytes: 64 << 20, ms: 30_000 },
    },
    [0, ["it's", 'a,b'], null],
    [1, ["it's", 'a,b'], null],
    { rows: 2, truncated: 'rows' },
  ]);
  const all = await linesOf(await ask(url, { sql: 'SELECT number FROM numbers(2)', limit: 2 }));
  expect(all.at(-1)).toEqual({ rows: 2, truncated: null });
});

test('an answer ends at the limit on bytes', async () => {
  const lines = await linesOf(await ask(await serve({ bytes: 100 }), { sql: 'SELECT number FROM numbers(1000)' }));
  expect(lines.at(-1)).toEqual({ rows: 27, truncated: 'bytes' });
});

test('keys without the scope are refused, whatever else they may; so is nobody', async () => {
  const url = await serve();
  const body = { sql: 'SELECT 1' };
  expect((await ask(url, body, keys.team)).status).toBe(403);
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
  expect((await ask(url, body, keys.admin)).status).toBe(200);
});

test.each([
  [{ sql: 'SELECT 1 x y' }, 400, 'query-refused', { clickHouseCode: 62, line: 1, column: 12 }],
  [{ sql: 'SELECT * FROM resonant.nothing' }, 400, 'query-refused', { clickHouseCode: 60 }],
  [{ sql: 'SELECT 1 FORMAT CSV' }, 400, 'query-refused', {}],
  [{ sql: 'TRUNCATE TABLE resonant.alerts' }, 403, 'forbidden', { clickHouseCode: 164 }],
  [{ sql: "SELECT * FROM file('/etc/passwd')" }, 403, 'forbidden', { clickHouseCode: 497 }],
  [{ sql: 'SELECT 1 SETTINGS max_threads = 1' }, 403, 'forbidden', { clickHouseCode: 164 }],
  [{ sql: 'SELECT {a:String}', parameters: { b: 'x' } }, 400, 'invalid-request', { errors: expect.any(Array) }],
  [
    { sql: 'SELECT {a:UInt8}, {b:Int8}', parameters: { a: 300, b: '-129' } },
    400,
    'invalid-request',
    {
      errors: [
        { path: '/parameters/a', message: 'expected a whole number from 0 to 255 (UInt8), got 300' },
        { path: '/parameters/b', message: 'expected a whole number from -128 to 127 (Int8), got -129' },
      ],
    },
  ],
  [{ sql: '   ' }, 400, 'invalid-request', {}],
  [{ sql: 'SELECT 1', limit: 0 }, 400, 'invalid-request', {}],
  [{ query: 'SELECT 1' }, 400, 'invalid-request', {}],
])('%j is answered with a problem before any row', async (body, status, code, extra) => {
  const response = await ask(await serve(), body);
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  expect(await response.json()).toMatchObject({ type: `urn:resonant:error:${code}`, ...extra });
});

test('what fails when rows are under way is the last line', async () => {
  const sql = 'SELECT number, throwIf(number = 500000) FROM numbers(1000000)';
  const lines = await linesOf(await ask(await serve(), { sql, limit: 1_000_000 }));
  expect(lines.at(-1)).toMatchObject({
    error: { type: 'urn:resonant:error:query-refused', clickHouseCode: 395 },
    rows: lines.length - 2,
  });
});

test('a query that takes too long is ended, with what to do', async () => {
  const url = await serve({ ms: 500 });
  const response = await ask(url, { sql: 'SELECT sleepEachRow(0.2) FROM numbers(100) SETTINGS max_block_size = 1' });
  expect(response.status).toBe(403);
  const late = await ask(url, { sql: 'SELECT max(cityHash64(number)) FROM numbers(1000000000000)' });
  expect(late.status).toBe(422);
  expect(await late.json()).toMatchObject({ type: 'urn:resonant:error:query-limit', detail: /500 ms/ });
  await nothingRuns();
});

test('the query of a client that goes away ends, and its place is free again', async () => {
  const url = await serve({ atOnce: 1 });
  const gone = new AbortController();
  const asked = ask(
    url,
    { sql: 'SELECT max(cityHash64(number)) FROM numbers(1000000000000)' },
    keys.analyst,
    gone.signal,
  );
  await running(1);
  expect((await ask(url, { sql: 'SELECT 1' })).status).toBe(429);
  gone.abort();
  await expect(asked).rejects.toThrow();
  await nothingRuns();
  expect((await ask(url, { sql: 'SELECT 1' })).status).toBe(200);
});

test('a client that does not read costs a bounded buffer, and gets every row once it reads', async () => {
  const url = await serve({ bytes: 1 << 30 });
  const before = process.memoryUsage().arrayBuffers;
  const response = await ask(url, { sql: "SELECT number, repeat('x', 1000) FROM numbers(100000)", limit: 1_000_000 });
  await sleep(1000);
  // A hundred megabytes are the answer; ours and the client's buffers stand in this process both.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 << 20);
  const lines = (await response.text()).trimEnd().split('\n');
  expect([lines.length, JSON.parse(lines.at(-1) as string)]).toEqual([100_002, { rows: 100_000, truncated: null }]);
});

test('a ClickHouse that is away is said, and can be tried again', async () => {
  const response = await ask(await serve({}, 'http://127.0.0.1:9'), { sql: 'SELECT 1' });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ type: 'urn:resonant:error:history-unavailable', retryable: true });
});

const runningNow = async (): Promise<number> => {
  const rows = await history.clickHouse.query<{ n: number }>(
    "SELECT count() AS n FROM system.processes WHERE query LIKE '%1000000000000%' AND query NOT LIKE '%processes%'",
  );
  return rows[0]?.n ?? -1;
};

async function running(count: number): Promise<void> {
  for (let left = 100; (await runningNow()) !== count; left -= 1) {
    if (left === 0) throw new Error(`expected ${count} queries to run, there are ${await runningNow()}`);
    await sleep(50);
  }
}

const nothingRuns = (): Promise<void> => running(0);
