import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { github } from '../../src/webhooks/github/index.ts';
import { plainTextOf } from '../../src/webhooks/github/markdown.ts';
import type { WebhookContent } from '../../src/webhooks/vendor.ts';
import { arrival } from '../arrival.ts';
import { expectProportional } from '../growth.ts';

const secret = 'correct horse';
const vendor = github(new Map([['community', secret]]));

const post = {
  id: 11,
  number: 7,
  title: 'Export hangs',
  body: 'Since **Monday**.\r\n\r\n```\nstack\n```\n> quoted',
  html_url: 'https://github.example/acme/app/issues/7',
  user: { login: 'Contact-3' },
  created_at: '2026-03-03T10:00:00Z',
  updated_at: '2026-03-03T10:05:00Z',
  labels: [{ name: 'ignored' }],
};
const comment = {
  ...post,
  id: 12,
  body: 'Same here',
  created_at: '2026-03-03T11:00:00Z',
  updated_at: '2026-03-03T11:01:00Z',
};
const repository = { full_name: 'acme/app', private: false };

const read = (event: string, payload: unknown): WebhookContent =>
  vendor.read(
    { 'x-github-event': event, 'content-type': 'application/json' },
    arrival(JSON.stringify(payload), { via: 'webhook', keyId: null }),
  );

describe('payloads', () => {
  const at = (text: string) => Date.parse(`2026-03-03T${text}Z`);

  test.each<[string, object, object]>([
    [
      'issues',
      { action: 'opened', issue: post },
      {
        id: 'github:issue-11:2026-03-03T10:05:00.000Z',
        occurredAt: at('10:00:00'),
        kind: 'post',
        action: 'created',
        threadId: 'github:acme/app#7',
        text: 'Since Monday.',
      },
    ],
    [
      'issues',
      { action: 'edited', issue: post },
      { id: 'github:issue-11:2026-03-03T10:05:00.000Z', occurredAt: at('10:05:00'), action: 'edited' },
    ],
    [
      'issues',
      { action: 'deleted', issue: post },
      { id: 'github:issue-11:2026-03-03T10:05:00.000Z:deleted', occurredAt: at('10:05:00'), action: 'deleted' },
    ],
    [
      'issue_comment',
      { action: 'created', issue: post, comment },
      {
        id: 'github:issue-comment-12:2026-03-03T11:01:00.000Z',
        occurredAt: at('11:00:00'),
        kind: 'comment',
        text: 'Same here',
        title: 'Export hangs',
        threadId: 'github:acme/app#7',
      },
    ],
    [
      'issue_comment',
      { action: 'deleted', issue: { ...post, updated_at: '2026-03-03T12:00:00Z' }, comment },
      { id: 'github:issue-comment-12:2026-03-03T11:01:00.000Z:deleted', occurredAt: at('12:00:00') },
    ],
    [
      'discussion',
      { action: 'created', discussion: post },
      { id: 'github:discussion-11:2026-03-03T10:05:00.000Z', threadId: 'github:acme/app/discussions/7' },
    ],
    [
      'discussion_comment',
      { action: 'edited', discussion: post, comment },
      { id: 'github:discussion-comment-12:2026-03-03T11:01:00.000Z', kind: 'comment', action: 'edited' },
    ],
    [
      'issues',
      { action: 'opened', issue: { ...post, body: null, user: null, updated_at: null } },
      { id: 'github:issue-11:2026-03-03T10:00:00.000Z', text: '', author: { handle: 'github:ghost' } },
    ],
  ])('%s %j', (event, payload, expected) => {
    const content = read(event, { repository, ...payload });
    expect(content).toMatchObject({
      kind: 'touchpoint',
      source: 'forum',
      touchpoint: { community: 'github:acme/app', author: { role: 'other', handle: 'github:contact-3' }, ...expected },
    });
  });

  test.each([
    ['ping', { zen: 'x' }],
    ['push', { commits: [] }],
    ['issues', { action: 'labeled' }],
    ['issues', { action: 'constructor' }],
    ['toString', { action: 'created' }],
    ['discussion', { action: 'answered', discussion: post }],
  ])('%s %j carries no news', (event, payload) => {
    expect(read(event, { repository, ...payload })).toEqual({ kind: 'ignored', reason: expect.any(String) });
  });

  test.each([
    ['no issue', { action: 'opened' }],
    ['no action', { issue: post }],
    ['an array', []],
    ['null', null],
    ['a date that is none', { action: 'opened', issue: { ...post, created_at: 'x' } }],
  ])('with %s it cannot be understood', (_name, payload) => {
    const whole = payload !== null && !Array.isArray(payload) ? { repository, ...payload } : payload;
    expect(() => read('issues', whole)).toThrow(expect.objectContaining({ code: 'invalid-event' }));
  });

  test('may come as a form', () => {
    const body = new URLSearchParams({
      payload: JSON.stringify({ action: 'opened', repository, issue: post }),
    }).toString();
    const headers = { 'x-github-event': 'issues', 'content-type': 'application/x-www-form-urlencoded' };
    expect(vendor.read(headers, arrival(body))).toMatchObject({
      kind: 'touchpoint',
      touchpoint: { title: 'Export hangs' },
    });
  });
});

describe('signatures', () => {
  const body = Buffer.from('{"zen":"非"}');
  const sign = (bytes: Buffer, key: string) => `sha256=${createHmac('sha256', key).update(bytes).digest('hex')}`;
  const verify =
    (header: string | undefined, endpoint = 'community') =>
    () =>
      vendor.verify(endpoint, header === undefined ? {} : { 'x-hub-signature-256': header }, body);

  test('the secret of the endpoint opens', () => {
    expect(verify(sign(body, secret))).not.toThrow();
    expect(verify(sign(body, secret).toUpperCase().replace('SHA256', 'sha256'))).not.toThrow();
  });

  test.each([
    ['none', undefined],
    ['another secret', sign(body, 'wrong')],
    ['other bytes', sign(Buffer.from('{}'), secret)],
    ['no prefix', sign(body, secret).slice(7)],
    ['cut short', sign(body, secret).slice(0, -2)],
    ['empty', ''],
  ])('%s is refused', (_name, header) => {
    expect(verify(header)).toThrow(expect.objectContaining({ code: 'invalid-signature' }));
  });

  test('an endpoint that is not configured does not exist', () => {
    expect(verify(sign(body, secret), 'other')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

test.each([
  ['a **bold** [link](https://x.example) and `code`', 'a bold link and code'],
  ['before\n```js\nthrow terrible\n```\nafter', 'before\nafter'],
  ['before\n~~~~\nnever closed', 'before'],
  ['> you said\nI say', 'I say'],
  ['![shot](https://x.example/a.png)<!-- template -->words', 'words'],
  ['# Title\n<b>x</b> a < b', 'Title\nx a < b'],
])('plain text of %j', (markdown, text) => {
  expect(plainTextOf(markdown)).toBe(text);
});

test.each(['<!--', '[', '![', '<a', '`', '**x', '```\n', '# ', '>'])(
  'a text of nothing but %j takes time in proportion to its length',
  (piece) => expectProportional(100_000, (size) => plainTextOf(piece.repeat(size))),
);
