import { beforeEach, describe, expect, test } from '@jest/globals';
import { sources } from '@resonant/contracts';
import { definitions } from '../../src/sources/index.ts';
import { now } from '../arrival.ts';
import { type Harness, harness } from './harness.ts';

let ingest: Harness;
let key: string;
beforeEach(async () => {
  ingest = await harness();
  key = ingest.key(['ingest:*']);
});

const example = definitions.knowledge.example;
const text = (over: Record<string, unknown> = {}) => JSON.stringify({ ...example, ...over });

const post = (target: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
  ingest.app.inject({
    method: 'POST',
    url: `/v1/touchpoints/${target}`,
    payload,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
  });

const codeOf = (body: { type?: string }): string | undefined => body.type?.replace('urn:resonant:error:', '');

describe('one event', () => {
  test.each(sources)('of %s is stored once with its bytes', async (source) => {
    const body = JSON.stringify(definitions[source].example, null, 2);
    const first = await post(source, body);
    const again = await post(source, body);
    expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
    expect([first.json().status, again.json().status]).toEqual(['accepted', 'duplicate']);
    const stored = await ingest.stored(source);
    expect(stored).toHaveLength(1);
    expect(stored[0]?.value).toMatchObject({ eventId: first.json().eventId, payload: Buffer.from(body) });
  });

  test('as a mail is stored, with the lead that the URL names', async () => {
    const mail = 'From: buyer@acme.example\r\nMessage-ID: <m@x>\r\nSubject: x\r\n\r\nHello';
    const reply = await post('emails?leadId=lead-2', mail, { 'content-type': 'message/rfc822' });
    expect([reply.statusCode, reply.json()]).toEqual([
      201,
      { id: 'm@x', eventId: 'emails:m@x', status: 'accepted', defects: ['date-missing'] },
    ]);
    expect((await ingest.stored('emails'))[0]?.value).toMatchObject({
      leadId: 'lead-2',
      payloadType: 'message/rfc822',
    });
  });

  test('that is no mail is refused and kept as a dead letter', async () => {
    const reply = await post('emails', 'what is this', { 'content-type': 'message/rfc822' });
    expect([reply.statusCode, codeOf(reply.json())]).toEqual([422, 'invalid-event']);
    const letters = await ingest.deadLetters();
    expect(letters).toHaveLength(1);
    expect(letters[0]?.value).toMatchObject({
      source: 'emails',
      reason: 'invalid-event',
      payload: Buffer.from('what is this'),
    });
    expect(JSON.stringify(letters[0]?.value)).not.toContain(key);
  });

  test.each<[string, string, string | Buffer, Record<string, string>, number, string]>([
    ['malformed JSON', 'knowledge', '{"id":', {}, 400, 'malformed-body'],
    ['no body', 'knowledge', '', {}, 400, 'malformed-body'],
    ['bytes that are not UTF-8', 'knowledge', Buffer.from([0x22, 0xff, 0x22]), {}, 400, 'malformed-body'],
    ['an event that does not fit', 'knowledge', text({ activeSeconds: 'long' }), {}, 422, 'invalid-event'],
    [
      'an event ahead',
      'knowledge',
      text({ occurredAt: new Date(now + 300_001).toISOString() }),
      {},
      422,
      'occurred-in-future',
    ],
    ['257 KiB', 'knowledge', text({ pageTitle: 'x'.repeat(257 * 1024) }), {}, 413, 'too-large'],
    ['more than 1 MiB', 'knowledge', 'x'.repeat((1 << 20) + 1), {}, 413, 'too-large'],
    ['another media type', 'knowledge', text(), { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
    [
      'a mail where none is taken',
      'knowledge',
      text(),
      { 'content-type': 'message/rfc822' },
      415,
      'unsupported-media-type',
    ],
    ['a compressed body', 'knowledge', text(), { 'content-encoding': 'gzip' }, 415, 'unsupported-media-type'],
    ['an unknown source', 'faxes', text(), {}, 404, 'unknown-source'],
    ['an unknown source in a batch', 'faxes:batch', '[]', {}, 404, 'unknown-source'],
    ['another verb on a source', 'knowledge:purge', '[]', {}, 404, 'unknown-source'],
    ['no key', 'knowledge', text(), { authorization: '' }, 401, 'unauthenticated'],
    [
      'an unknown key',
      'knowledge',
      text(),
      { authorization: `Bearer rsn_00_${'a'.repeat(43)}` },
      401,
      'unauthenticated',
    ],
  ])('%s', async (_name, target, body, headers, status, code) => {
    const reply = await post(target, body, headers);
    expect([reply.statusCode, codeOf(reply.json()), reply.headers['content-type']]).toEqual([
      status,
      code,
      'application/problem+json',
    ]);
    expect(await ingest.stored('knowledge')).toHaveLength(0);
  });

  test('needs a key with its scope that has not expired', async () => {
    key = ingest.key(['ingest:calls']);
    expect([(await post('knowledge', text())).statusCode, (await post('calls', '{}')).statusCode]).toEqual([403, 422]);
    key = ingest.key(['ingest:*'], now);
    const reply = await post('knowledge', text());
    expect([reply.statusCode, codeOf(reply.json())]).toEqual([401, 'expired-key']);
  });
});

describe('dedupe', () => {
  test('a second sender gets 409 while the first one writes', async () => {
    ingest.claims.held.set('knowledge:read-4711', 'somebody');
    const reply = await post('knowledge', text());
    expect([reply.statusCode, codeOf(reply.json()), reply.headers['retry-after']]).toEqual([409, 'conflict', '2']);
  });

  test('another event under an id that is taken gets 422, and the first one counts', async () => {
    expect((await post('knowledge', text())).statusCode).toBe(201);
    const reply = await post('knowledge', text({ pageId: 'another-page' }));
    expect([reply.statusCode, codeOf(reply.json()), reply.json().retryable]).toEqual([422, 'id-reused', false]);
    expect((await post('knowledge', text())).statusCode).toBe(200);
    expect((await ingest.stored('knowledge')).map(({ value }) => (value as { pageId: string }).pageId)).toEqual([
      example.pageId,
    ]);
  });

  test.each([
    ['in another order and with other spaces', (event: object) => Object.fromEntries(Object.entries(event).reverse())],
    ['with its instant in another zone', (event: object) => ({ ...event, occurredAt: '2026-03-03T13:00:00+01:00' })],
    ['with an optional field as null', (event: object) => ({ ...event, threadId: null })],
  ])('the same event written %s is the same', async (_name, rewrite) => {
    const event = { ...example, occurredAt: '2026-03-03T12:00:00Z' };
    expect((await post('knowledge', JSON.stringify(event))).statusCode).toBe(201);
    const reply = await post('knowledge', JSON.stringify(rewrite(event), null, 2));
    expect([reply.statusCode, reply.json().status]).toEqual([200, 'duplicate']);
  });

  test('a claim from before contents were compared fits every content', async () => {
    await ingest.claims.confirm([{ id: 'knowledge:read-4711', contentHash: null }]);
    expect((await post('knowledge', text())).statusCode).toBe(200);
  });

  test('a mail that was relayed twice is the same by its Message-ID, whatever its headers say', async () => {
    const relayed = (hop: string) =>
      post('emails', `Received: by ${hop}\r\nFrom: a@acme.example\r\nMessage-ID: <m@x>\r\n\r\nHello`, {
        'content-type': 'message/rfc822',
      });
    expect([(await relayed('mx1')).statusCode, (await relayed('mx2')).statusCode]).toEqual([201, 200]);
    const json = { ...definitions.emails.example, id: 'm@x', text: 'Goodbye' };
    expect((await post('emails', JSON.stringify(json))).statusCode).toBe(200);
    expect(await ingest.stored('emails')).toHaveLength(1);
  });

  test('goes on without Redis', async () => {
    ingest.claims.available = false;
    expect([(await post('knowledge', text())).statusCode, (await post('knowledge', text())).statusCode]).toEqual([
      201, 201,
    ]);
    expect(await ingest.stored('knowledge')).toHaveLength(2);
  });
});

describe('a batch', () => {
  const items = (count: number) => Array.from({ length: count }, (_, n) => ({ ...example, id: `r-${n}` }));

  test('of 500 is stored whole, each with its own bytes', async () => {
    const reply = await post('knowledge:batch', JSON.stringify(items(500)));
    expect([reply.statusCode, reply.json().results.length]).toEqual([200, 500]);
    expect(reply.json().results[499]).toEqual({ index: 499, id: 'r-499', status: 'accepted' });
    const stored = await ingest.stored('knowledge');
    expect(stored).toHaveLength(500);
    expect(stored[7]?.value).toMatchObject({ id: 'r-7', payload: Buffer.from(JSON.stringify(items(8)[7])) });
  });

  test('as NDJSON keeps the bytes of each line', async () => {
    const line = `{ "id":"n-1",  ${text().slice(1).replace('"id":"read-4711",', '')}`;
    const reply = await post('knowledge:batch', `${line}\n`, { 'content-type': 'application/x-ndjson' });
    expect([reply.statusCode, reply.json()]).toEqual([200, { results: [{ index: 0, id: 'n-1', status: 'accepted' }] }]);
    expect((await ingest.stored('knowledge'))[0]?.value).toMatchObject({ payload: Buffer.from(line) });
  });

  test('answers each item in order and stores the good ones', async () => {
    await post('knowledge', text({ id: 'old' }));
    ingest.claims.held.set('knowledge:held', 'somebody');
    const batch = [
      text({ id: 'a' }),
      '{"id": tru}',
      text({ id: 'old' }),
      text({ id: 'b', pageId: 7 }),
      text({ id: 'a' }),
      text({ id: 'a', activeSeconds: 7 }),
      text({ id: 'old', activeSeconds: 7 }),
      text({ id: 'held' }),
      text({ id: 'big', pageTitle: 'x'.repeat(257 * 1024) }),
    ];
    const reply = await post('knowledge:batch', `[${batch.join(',')}]`);
    expect(reply.statusCode).toBe(207);
    const results = reply.json().results as {
      status: string;
      id: string | null;
      problem?: { type: string };
      retryable?: boolean;
    }[];
    expect(results.map(({ id, status, problem, retryable }) => [id, status, codeOf(problem ?? {}), retryable])).toEqual(
      [
        ['a', 'accepted', undefined, undefined],
        [null, 'rejected', 'malformed-body', false],
        ['old', 'duplicate', undefined, undefined],
        ['b', 'rejected', 'invalid-event', false],
        ['a', 'duplicate', undefined, undefined],
        ['a', 'rejected', 'id-reused', false],
        ['old', 'rejected', 'id-reused', false],
        ['held', 'rejected', 'conflict', true],
        ['big', 'rejected', 'too-large', false],
      ],
    );
    expect((await ingest.stored('knowledge')).map(({ value }) => (value as { id: string }).id)).toEqual(['old', 'a']);
  });

  test.each<[string, string, number, string]>([
    ['501 items', JSON.stringify(Array(501).fill({})), 413, 'too-large'],
    ['one event', '{}', 400, 'malformed-body'],
    ['an array without end', '[{}', 400, 'malformed-body'],
  ])('of %s is refused whole', async (_name, body, status, code) => {
    const reply = await post('knowledge:batch', body);
    expect([reply.statusCode, codeOf(reply.json())]).toEqual([status, code]);
  });

  test('of nothing is answered with nothing', async () => {
    expect((await post('knowledge:batch', '[]')).json()).toEqual({ results: [] });
  });
});

describe('without Kafka', () => {
  test('a single event and a batch get 503 with Retry-After, and their ids are free again', async () => {
    ingest.breakLog();
    for (const [target, body] of [
      ['knowledge', text()],
      ['knowledge:batch', `[${text()}]`],
    ] as const) {
      const reply = await post(target, body);
      expect([reply.statusCode, codeOf(reply.json()), reply.headers['retry-after']]).toEqual([
        503,
        'log-unavailable',
        '5',
      ]);
    }
    expect(ingest.claims.held.size).toBe(0);
  });
});

test('a key that sends too much gets 429 with Retry-After, others go on', async () => {
  ingest = await harness({ perSecond: 2 });
  key = ingest.key(['ingest:*']);
  const batch = JSON.stringify([1, 2, 3, 4].map((n) => ({ ...example, id: `r-${n}` })));
  expect((await post('knowledge:batch', batch)).statusCode).toBe(200);
  const reply = await post('knowledge', text());
  expect([reply.statusCode, reply.headers['retry-after'], codeOf(reply.json())]).toEqual([429, '1', 'rate-limited']);
  key = ingest.key(['ingest:*']);
  expect((await post('knowledge', text())).statusCode).toBe(201);
});

test('the OpenAPI document describes each source by the schema that checks it', async () => {
  const document = (await ingest.app.inject('/v1/openapi.json')).json();
  expect(Object.keys(document.paths)).toHaveLength(3 * sources.length + 1);
  const { responses, description } = document.paths['/v1/touchpoints/knowledge'].post;
  expect(Object.keys(responses)).toEqual(['200', '201', '409', '422', 'default']);
  expect(description).toContain('id-reused');
  expect(document.components.schemas.KnowledgeEvent).toMatchObject({
    type: 'object',
    additionalProperties: false,
    required: expect.arrayContaining(['id', 'occurredAt', 'reader', 'pageId', 'activeSeconds']),
  });
});
