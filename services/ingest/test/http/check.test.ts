import { beforeEach, describe, expect, test } from '@jest/globals';
import { definitions } from '../../src/sources/index.ts';
import { type Harness, harness } from './harness.ts';

let ingest: Harness;
beforeEach(async () => {
  ingest = await harness();
});

const check = (body: string, headers: Record<string, string> = {}, target = 'forum:check') =>
  ingest.app.inject({
    method: 'POST',
    url: `/v1/touchpoints/${target}`,
    payload: body,
    headers: {
      authorization: `Bearer ${ingest.key(['ingest:forum'])}`,
      'content-type': 'application/json',
      ...headers,
    },
  });

describe('POST /v1/touchpoints/{source}:check says what a body would become', () => {
  const { example } = definitions.forum;

  test.each<[string, string, Record<string, string>, object]>([
    ['an event', JSON.stringify(example), {}, { status: 'readable', eventId: `forum:${example.id}` }],
    ['no JSON', '{', {}, { status: 'unreadable', reason: 'malformed-body', detail: expect.any(String) }],
    [
      'what does not fit',
      '{"id":"a"}',
      {},
      { status: 'unreadable', reason: 'invalid-event', detail: expect.any(String) },
    ],
    [
      'a vendor’s ping',
      '{}',
      { 'resonant-route': '/v1/webhooks/github/community', 'x-github-event': 'ping' },
      { status: 'ignored', reason: 'a ping: the endpoint works' },
    ],
  ])('%s', async (_name, body, headers, expected) => {
    const reply = await check(body, headers);
    expect([reply.statusCode, reply.json()]).toEqual([200, expected]);
    expect([(await ingest.stored('forum')).length, (await ingest.deadLetters()).length]).toEqual([0, 0]);
  });

  test('only to whoever may post to the source', async () => {
    expect((await check('{}', { authorization: 'Bearer nobody' })).statusCode).toBe(401);
    expect((await check('{}', {}, 'fax:check')).statusCode).toBe(404);
  });
});
