import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import type { ClickHouse, StatementOptions } from '@resonant/clickhouse';
import { ResonantError } from '@resonant/contracts';
import { buildApp, createLogger, type FastifyInstance, Health, Metrics } from '@resonant/service';
import { BoundedWork } from '../../src/history/bounded-work.ts';

const opened: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
});

/** A ClickHouse that answers no statement until its signal ends it, as the client library then does. */
function silentClickHouse() {
  const asked = new EventTarget();
  const signals: AbortSignal[] = [];
  const clickHouse = {
    query: async (_statement: string, { signal }: StatementOptions = {}) => {
      if (signal === undefined) throw new Error('expected a signal');
      signals.push(signal);
      asked.dispatchEvent(new Event('asked'));
      await once(signal, 'abort');
      throw new ResonantError('history-unavailable', 'no answer from ClickHouse: the request was aborted');
    },
  } as unknown as ClickHouse;
  return { clickHouse, signals, asked: () => once(asked, 'asked') };
}

async function serve(clickHouse: ClickHouse, limits: { readonly atOnce: number; readonly ms: number }) {
  const metrics = new Metrics();
  const app = await buildApp({
    logger: createLogger('gateway', 'silent'),
    metrics,
    health: new Health(),
    routes: (routed) => {
      const works = new BoundedWork(routed, { ...limits, what: 'works', advice: 'ask for less', metrics });
      routed.get('/work', async (_request, reply) =>
        works.run(
          reply,
          () => clickHouse,
          (given) => given.query('SELECT 1'),
        ),
      );
    },
  });
  opened.push(app);
  return { app, url: `${await app.listen({ port: 0, host: '127.0.0.1' })}/work`, metrics };
}

const problemIn = async (response: Response) => {
  const { type, detail } = (await response.json()) as { readonly type: string; readonly detail: string };
  return [response.status, response.headers.get('retry-after'), type.replace('urn:resonant:error:', ''), detail];
};

test('what finds no place is told to come back, and the statement of a client that goes away ends and frees its place', async () => {
  const { clickHouse, signals, asked } = silentClickHouse();
  const { url, metrics } = await serve(clickHouse, { atOnce: 1, ms: 60_000 });
  const client = new AbortController();
  const first = fetch(url, { signal: client.signal }).catch((error: Error) => error.name);
  await asked();
  expect(await problemIn(await fetch(url))).toEqual([
    429,
    '5',
    'rate-limited',
    'expected at most 1 works at once here; ask again later',
  ]);
  client.abort();
  expect(await first).toBe('AbortError');
  await once(signals[0] as AbortSignal, 'abort');
  const next = new AbortController();
  const second = fetch(url, { signal: next.signal }).catch((error: Error) => error.name);
  await asked();
  next.abort();
  expect(await second).toBe('AbortError');
  await once(signals[1] as AbortSignal, 'abort');
  await new Promise((resolve) => setImmediate(resolve));
  const text = await metrics.render();
  expect(text).toMatch(/gateway_works_total\{[^}]*outcome="rate-limited"[^}]*\} 1/);
  expect(text).toMatch(/gateway_works_total\{[^}]*outcome="aborted"[^}]*\} 2/);
});

test('work whose time is over ends, with what to do', async () => {
  const { clickHouse, signals } = silentClickHouse();
  const { url } = await serve(clickHouse, { atOnce: 1, ms: 20 });
  expect(await problemIn(await fetch(url))).toEqual([
    422,
    null,
    'query-limit',
    'expected an answer within 20 ms; ask for less',
  ]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test('a service that stops does not wait for the work to end', async () => {
  const { clickHouse, asked } = silentClickHouse();
  const { app, url } = await serve(clickHouse, { atOnce: 1, ms: 60_000 });
  const answer = fetch(url);
  await asked();
  await app.close();
  expect(await problemIn(await answer)).toEqual([503, '5', 'not-ready', 'the gateway is stopping; ask again']);
});

test('rows that come without a pause let the rest of the process have its turn, and end with the time', async () => {
  const clickHouse = {
    async *stream() {
      for (;;) yield {};
    },
  } as unknown as ClickHouse;
  const metrics = new Metrics();
  const app = await buildApp({
    logger: createLogger('gateway', 'silent'),
    metrics,
    health: new Health(),
    routes: (routed) => {
      const works = new BoundedWork(routed, { atOnce: 1, ms: 50, what: 'works', advice: 'ask for less', metrics });
      routed.get('/work', async (_request, reply) =>
        works.run(
          reply,
          () => clickHouse,
          async (given) => {
            for await (const _row of given.stream('SELECT 1'));
          },
        ),
      );
    },
  });
  opened.push(app);
  expect((await app.inject('/work')).json()).toMatchObject({ type: 'urn:resonant:error:query-limit' });
});
