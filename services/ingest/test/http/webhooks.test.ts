import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { githubSecret, type Harness, harness } from './harness.ts';

let ingest: Harness;
beforeEach(async () => {
  ingest = await harness();
});

const opened = {
  action: 'opened',
  repository: { full_name: 'acme/app' },
  issue: {
    id: 1,
    number: 2,
    title: 'Slow',
    body: 'so slow',
    user: { login: 'contact-3' },
    created_at: '2026-03-03T10:00:00Z',
    updated_at: '2026-03-03T10:00:00Z',
  },
};

const send = (body: string, over: { event?: string; signature?: string; path?: string } = {}) =>
  ingest.app.inject({
    method: 'POST',
    url: `/v1/webhooks/${over.path ?? 'github/community'}`,
    payload: body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': over.event ?? 'issues',
      'x-hub-signature-256':
        over.signature ?? `sha256=${createHmac('sha256', githubSecret).update(body).digest('hex')}`,
    },
  });

describe('GitHub webhooks', () => {
  test('an issue is stored once, however often it is delivered, with the bytes that were signed', async () => {
    const body = JSON.stringify(opened, null, 1);
    const redelivered = JSON.stringify({ ...opened, issue: { ...opened.issue, title: 'Slow!' } });
    const replies = [await send(body), await send(body), await send(redelivered)];
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([201, 200, 200]);
    const stored = await ingest.stored('forum');
    expect(stored).toHaveLength(1);
    expect(stored[0]?.value).toMatchObject({
      via: 'webhook',
      keyId: null,
      payload: Buffer.from(body),
      text: 'so slow',
    });
  });

  test.each([
    ['a wrong signature', { signature: `sha256=${'0'.repeat(64)}` }, 401, 'invalid-signature'],
    ['no endpoint', { path: 'github/nowhere' }, 404, 'not-found'],
    ['no vendor', { path: 'fax/community' }, 404, 'not-found'],
  ])('%s is refused and nothing is kept', async (_name, over, status, code) => {
    const reply = await send(JSON.stringify(opened), over);
    expect([reply.statusCode, reply.json().type]).toEqual([status, `urn:resonant:error:${code}`]);
    expect([(await ingest.stored('forum')).length, (await ingest.deadLetters()).length]).toEqual([0, 0]);
  });

  test.each([
    ['ping', '{"zen":"x"}'],
    ['issues', '{"action":"labeled"}'],
  ])('%s without news is answered and said to be ignored', async (event, body) => {
    const reply = await send(body, { event });
    expect([reply.statusCode, reply.json().status]).toEqual([200, 'ignored']);
    expect(await ingest.stored('forum')).toHaveLength(0);
  });

  test.each([
    ['broken JSON', '{"action":', 'malformed-body'],
    ['an event that does not fit', '{"action":"opened"}', 'invalid-event'],
  ])('%s under a good signature becomes a dead letter', async (_name, body, reason) => {
    const reply = await send(body);
    expect([reply.statusCode, reply.json()]).toEqual([
      202,
      { status: 'dead-letter', reason, detail: expect.any(String) },
    ]);
    const letters = await ingest.deadLetters();
    expect(letters).toHaveLength(1);
    expect(letters[0]?.value).toMatchObject({
      source: 'forum',
      reason,
      payload: Buffer.from(body),
      mediaType: 'application/json',
    });
    expect(letters[0]?.value).toMatchObject({ headers: { 'x-github-event': Buffer.from('issues') } });
    expect(letters[0]?.value).not.toMatchObject({ headers: { 'x-hub-signature-256': expect.anything() } });
  });
});
