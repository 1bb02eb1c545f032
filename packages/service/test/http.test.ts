import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ResonantError } from '@resonant/contracts';
import { z } from 'zod';
import { buildApp, createLogger, type FastifyInstance, Health, httpComponent, Metrics, parse } from '../src/index.ts';

const logger = createLogger('test', 'silent');
const health = new Health();
let app: FastifyInstance;

beforeAll(async () => {
  app = await buildApp({
    logger,
    metrics: new Metrics(),
    health,
    bodyLimit: 64,
    routes: (routes) => {
      routes.get('/v1/busy', async () => {
        throw new ResonantError('conflict', 'somebody else writes it', { extra: { retryAfterMs: 1_200 } });
      });
      routes.get('/v1/bug', async () => {
        throw new Error('password=hunter2');
      });
      routes.get('/v1/things/:id', async (request) => ({ trace: request.traceparent, id: request.id }));
      routes.post('/v1/things', async (request) => parse(z.strictObject({ a: z.number() }), request.body));
    },
  });
});
afterAll(() => app.close());

describe('every error is a problem document', () => {
  const post = (payload: string, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/v1/things', payload, headers: { 'content-type': type } });

  test.each([
    ['malformed JSON', () => post('{'), 400, 'malformed-body'],
    ['a wrong body', () => post('{"a":"x","b":1}'), 400, 'invalid-request'],
    ['a large body', () => post(JSON.stringify({ a: 'x'.repeat(100) })), 413, 'too-large'],
    ['an unknown media type', () => post('a', 'text/csv'), 415, 'unsupported-media-type'],
    ['an unknown path', () => app.inject('/v1/nothing'), 404, 'not-found'],
    [
      'a known path with another method',
      () => app.inject({ method: 'DELETE', url: '/v1/things/7' }),
      405,
      'method-not-allowed',
    ],
    ['a bad escape in the path', () => app.inject('/v1/things/%zz'), 400, 'invalid-request'],
    ['an unexpected error', () => app.inject('/v1/bug'), 500, 'internal'],
  ])('%s', async (_name, send, status, code) => {
    const reply = await send();
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([status, 'application/problem+json']);
    expect(reply.json()).toMatchObject({ type: `urn:resonant:error:${code}`, status });
    expect(reply.body).not.toContain('hunter2');
  });

  test('with the issues of a wrong body', async () => {
    expect((await post('{"a":"x"}')).json().errors).toEqual([
      { path: '/a', message: expect.stringContaining('number') },
    ]);
  });

  test('with the limit that a large body is over', async () => {
    expect((await post(JSON.stringify({ a: 'x'.repeat(100) }))).json().detail).toBe('the body is larger than 64 bytes');
  });

  test('with no more than the beginning of what a client sent', async () => {
    const reply = await app.inject(`/v1/things/${'x'.repeat(5000)}`);
    expect([reply.statusCode, reply.json().detail.length]).toEqual([400, 300]);
  });

  test.each([
    [
      'headers that are too large',
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
    ['what is no HTTP', 'GARBAGE\r\n\r\n', 400, 'invalid-request'],
  ])('also for %s', async (_name, sent, status, code) => {
    const component = httpComponent({
      port: 0,
      host: '127.0.0.1',
      logger,
      metrics: new Metrics(),
      health,
      routes: () => undefined,
    });
    const { value, stop } = await component.start();
    const socket = connect(Number(new URL(value.url).port), '127.0.0.1');
    socket.write(sent);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    await stop?.();
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*Content-Type: application/problem\\+json`));
    expect(JSON.parse(body)).toMatchObject({ type: `urn:resonant:error:${code}`, status, retryable: false });
  });

  test('with Retry-After in whole seconds, rounded up', async () => {
    const reply = await app.inject('/v1/busy');
    expect([reply.statusCode, reply.headers['retry-after'], reply.json().retryable]).toEqual([409, '2', true]);
  });

  test('with the methods that the path takes', async () => {
    expect((await app.inject({ method: 'PUT', url: '/v1/things' })).headers.allow).toBe('POST');
  });
});

describe('conventions', () => {
  test('a request id is taken over when it is sound and made otherwise', async () => {
    const own = await app.inject({ url: '/v1/things/1', headers: { 'x-request-id': 'abc-1' } });
    expect([own.json().id, own.headers['x-request-id']]).toEqual(['abc-1', 'abc-1']);
    const made = await app.inject({ url: '/v1/things/1', headers: { 'x-request-id': 'a b\tc' } });
    expect(made.json().id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a traceparent is handed on when it is sound and made otherwise', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect((await app.inject({ url: '/v1/things/1', headers: { traceparent } })).json().trace).toBe(traceparent);
    const made = (await app.inject({ url: '/v1/things/1', headers: { traceparent: 'x' } })).json().trace;
    expect(made).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  test('/livez is alive, /readyz gives the reasons of each component', async () => {
    expect((await app.inject('/livez')).json()).toEqual({ status: 'alive' });
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready' });
    health.add('kafka', { ready: () => 'no broker answers' });
    const reply = await app.inject('/readyz');
    health.remove('kafka');
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toEqual({ status: 'not ready', reasons: { kafka: 'no broker answers' } });
  });

  test.each([
    ['is ready and names it', 'required', 200, { status: 'ready', degraded: { claims: 'Redis is away' } }],
    ['is not ready if that is asked for', 'strict', 503, { status: 'not ready', reasons: { claims: 'Redis is away' } }],
  ] as const)('what does without something %s', async (_name, readiness, status, body) => {
    const asked = new Health(readiness);
    asked.add('claims', { degraded: () => 'Redis is away' });
    const service = await buildApp({ logger, metrics: new Metrics(), health: asked, routes: () => undefined });
    const reply = await service.inject('/readyz');
    await service.close();
    expect([reply.statusCode, reply.json()]).toEqual([status, body]);
  });

  test('/metrics counts answers by method, route and status', async () => {
    await app.inject('/v1/things/42');
    const text = (await app.inject('/metrics')).body;
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/v1\/things\/:id",status="200"\} \d+/,
    );
    expect(text).not.toContain('42"');
  });

  test('listens on a free port and stops', async () => {
    const component = httpComponent({
      port: 0,
      host: '127.0.0.1',
      logger,
      metrics: new Metrics(),
      health,
      routes: () => undefined,
    });
    const { value, stop } = await component.start();
    expect((await fetch(`${value.url}/livez`)).status).toBe(200);
    await stop?.();
    await expect(fetch(`${value.url}/livez`)).rejects.toThrow();
  });
});

test('a body with many issues is told the first twenty and how many more there are', async () => {
  const refused = (async () => parse(z.array(z.number()), Array(50).fill('x')))();
  await expect(refused).rejects.toMatchObject({ message: expect.stringMatching(/; and 30 more$/) });
  await expect(refused).rejects.toHaveProperty('extra.errors.length', 20);
});
