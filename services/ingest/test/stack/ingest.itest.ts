import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deadLettersTopic, inboundTopic, type Source, sources, touchpointsTopic } from '@resonant/contracts';
import type { Log } from '@resonant/kafka';
import { definitions } from '../../src/sources/index.ts';
import {
  type Found,
  type IngestProcess,
  markOf,
  putKey,
  recordsSince,
  startIngest,
  testLog,
  until,
} from './ingest-process.ts';

const run = randomUUID().slice(0, 8);
const secret = 'correct horse';
let log: Log;
let ingest: IngestProcess;
let key: string;
let expiredKey: string;

beforeAll(async () => {
  log = testLog();
  key = await putKey(log, ['ingest:*']);
  expiredKey = await putKey(log, ['ingest:*'], { expiresAt: Date.now() - 1 });
  ingest = await startIngest({ GITHUB_WEBHOOK_SECRETS: `community=${secret}` });
}, 60_000);

afterAll(async () => {
  const code = await ingest?.stop();
  await log?.close();
  expect(code).toBe(0);
}, 40_000);

const eventOf = (source: Source, id: string) => ({ ...definitions[source].example, id: `${run}-${id}` });

const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}, at = ingest) =>
  fetch(`${at.url}${path}`, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
  });

/** What stands in a source's topic of this run. */
const ours = (found: readonly Found[]): readonly Found[] =>
  found.filter(({ value }) => JSON.stringify(value).includes(run) || bytesOf(value).includes(run));
const bytesOf = (value: Found['value']): string => ('payload' in value ? value.payload.toString('utf8') : '');

describe('each source', () => {
  test.each(sources)(
    '%s: one event, the same again, another one under its id, and a batch of three make four records',
    async (source) => {
      const mark = await markOf(log, touchpointsTopic(source));
      const body = JSON.stringify(eventOf(source, 'one'), null, 1);
      const other = JSON.stringify({ ...eventOf(source, 'one'), threadId: 'another' });
      const replies = [
        await post(`/v1/touchpoints/${source}`, body),
        await post(`/v1/touchpoints/${source}`, body),
        await post(`/v1/touchpoints/${source}`, other),
        await post(`/v1/touchpoints/${source}:batch`, JSON.stringify(['a', 'b', 'c'].map((id) => eventOf(source, id)))),
      ];
      expect(replies.map(({ status }) => status)).toEqual([201, 200, 422, 200]);
      const found = ours(await recordsSince(log, touchpointsTopic(source), mark));
      expect(found).toHaveLength(4);
      const one = found.find(({ value }) => 'id' in value && value.id === `${run}-one`);
      expect(one?.value).toMatchObject({ eventId: `${source}:${run}-one`, via: 'http', payload: Buffer.from(body) });
      expect(one?.record.headers.ce_type?.toString()).toMatch(/^com\.resonant\.[a-z]+-touchpoint\.v1$/);
      expect(Math.abs((one?.record.timestamp ?? 0) - Date.now())).toBeLessThan(60_000);
    },
    60_000,
  );

  test('a mail and a GitHub issue, each sent twice, make one record each', async () => {
    const marks = {
      emails: await markOf(log, touchpointsTopic('emails')),
      forum: await markOf(log, touchpointsTopic('forum')),
    };
    const mail = `From: buyer@acme.example\r\nMessage-ID: <${run}@x>\r\nDate: Tue, 3 Mar 2026 10:00:00 +0000\r\n\r\nHello`;
    const issue = JSON.stringify({
      action: 'opened',
      repository: { full_name: `acme/${run}` },
      issue: {
        id: Date.now(),
        number: 1,
        title: 'Slow',
        body: 'so slow',
        user: { login: 'contact-3' },
        created_at: '2026-03-03T10:00:00Z',
        updated_at: '2026-03-03T10:00:00Z',
      },
    });
    const statuses: number[] = [];
    for (let time = 0; time < 2; time++) {
      statuses.push((await post('/v1/touchpoints/emails', mail, { 'content-type': 'message/rfc822' })).status);
      statuses.push((await post('/v1/webhooks/github/community', issue, signed(issue))).status);
    }
    expect(statuses).toEqual([201, 201, 200, 200]);
    expect(ours(await recordsSince(log, touchpointsTopic('emails'), marks.emails))).toHaveLength(1);
    expect(ours(await recordsSince(log, touchpointsTopic('forum'), marks.forum))).toHaveLength(1);
  }, 60_000);
});

const signed = (body: string, with_ = secret): Record<string, string> => ({
  'x-github-event': 'issues',
  'x-hub-signature-256': `sha256=${createHmac('sha256', with_).update(body).digest('hex')}`,
});

describe('bad input is refused and leaves nothing behind', () => {
  const knowledge = (over: Record<string, unknown> = {}) => JSON.stringify({ ...eventOf('knowledge', 'bad'), ...over });
  const future = new Date(Date.now() + 6 * 60_000).toISOString();

  test.each<[string, () => Promise<Response>, number, string]>([
    ['malformed JSON', () => post('/v1/touchpoints/knowledge', knowledge().slice(1)), 400, 'malformed-body'],
    [
      'an event that does not fit',
      () => post('/v1/touchpoints/knowledge', knowledge({ pageId: 7 })),
      422,
      'invalid-event',
    ],
    [
      'a future occurredAt',
      () => post('/v1/touchpoints/knowledge', knowledge({ occurredAt: future })),
      422,
      'occurred-in-future',
    ],
    [
      'an oversize event',
      () => post('/v1/touchpoints/knowledge', knowledge({ query: 'x'.repeat(300 * 1024) })),
      413,
      'too-large',
    ],
    ['an oversize body', () => post('/v1/touchpoints/knowledge:batch', Buffer.alloc(2 << 20, ' ')), 413, 'too-large'],
    ['an unknown source', () => post('/v1/touchpoints/faxes', knowledge()), 404, 'unknown-source'],
    [
      'an expired key',
      () => post('/v1/touchpoints/knowledge', knowledge(), { authorization: `Bearer ${expiredKey}` }),
      401,
      'expired-key',
    ],
    [
      'a wrong signature',
      () => post('/v1/webhooks/github/community', knowledge(), signed(knowledge(), 'another')),
      401,
      'invalid-signature',
    ],
  ])('%s', async (_name, send, status, code) => {
    const mark = await markOf(log, touchpointsTopic('knowledge'));
    const reply = await send();
    const problem = (await reply.json()) as { type: string };
    expect([reply.status, problem.type]).toEqual([status, `urn:resonant:error:${code}`]);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(ours(await recordsSince(log, touchpointsTopic('knowledge'), mark))).toHaveLength(0);
  });

  test('broken MIME is read with its defects; what is no mail is refused and kept as one dead letter', async () => {
    const mark = await markOf(log, deadLettersTopic);
    const broken = `From: buyer@acme.example\nMessage-ID: <${run}-broken@x>\nDate: never\nContent-Type: multipart/mixed; boundary=b\n\nHello`;
    const read = await post('/v1/touchpoints/emails', broken, { 'content-type': 'message/rfc822' });
    expect([read.status, ((await read.json()) as { defects: string[] }).defects]).toEqual([
      201,
      ['boundary-missing', 'date-unreadable'],
    ]);
    const refused = await post('/v1/touchpoints/emails', `no mail ${run}`, { 'content-type': 'message/rfc822' });
    expect(refused.status).toBe(422);
    const letters = ours(await recordsSince(log, deadLettersTopic, mark));
    expect(letters.map(({ value }) => value)).toMatchObject([
      { source: 'emails', reason: 'invalid-event', payload: Buffer.from(`no mail ${run}`) },
    ]);
  });
});

test('inbound topics: a new event is stored, a known one is not; what is undecodable or reuses an id becomes a dead letter', async () => {
  const [marks, letterMark] = [await markOf(log, touchpointsTopic('knowledge')), await markOf(log, deadLettersTopic)];
  await post('/v1/touchpoints/knowledge', JSON.stringify(eventOf('knowledge', 'by-http')));
  const producer = await log.producer();
  const topic = inboundTopic('knowledge');
  const values = [
    JSON.stringify(eventOf('knowledge', 'by-kafka')),
    JSON.stringify(eventOf('knowledge', 'by-http')),
    JSON.stringify(eventOf('knowledge', 'by-kafka')),
    `{"id":"${run}-undecodable"`,
    JSON.stringify({ ...eventOf('knowledge', 'by-http'), pageId: 'another' }),
  ];
  const places = await producer.sendAll(values.map((value) => ({ topic, key: run, value: Buffer.from(value) })));
  await producer.close();
  await until(async () => ours(await recordsSince(log, deadLettersTopic, letterMark)).length > 1);
  const stored = ours(await recordsSince(log, touchpointsTopic('knowledge'), marks));
  expect(stored.map(({ value }) => 'id' in value && value.id).sort()).toEqual([`${run}-by-http`, `${run}-by-kafka`]);
  const letters = ours(await recordsSince(log, deadLettersTopic, letterMark)).map(({ value }) => value);
  const letterOf = (index: number, reason: string) => ({
    reason,
    origin: `${topic}/${places[index]?.partition}/${places[index]?.offset}`,
    key: Buffer.from(run),
    payload: Buffer.from(values[index] ?? ''),
  });
  expect(letters).toHaveLength(2);
  expect(letters).toEqual(
    expect.arrayContaining([
      expect.objectContaining(letterOf(3, 'malformed-body')),
      expect.objectContaining(letterOf(4, 'id-reused')),
    ]),
  );
}, 60_000);

test('without Redis events are taken all the same, each time they come', async () => {
  const alone = await startIngest({ REDIS_URL: 'redis://127.0.0.1:1' });
  const mark = await markOf(log, touchpointsTopic('knowledge'));
  const body = JSON.stringify(eventOf('knowledge', 'no-redis'));
  const statuses = [
    await post('/v1/touchpoints/knowledge', body, {}, alone),
    await post('/v1/touchpoints/knowledge', body, {}, alone),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([201, 201]);
  expect(ours(await recordsSince(log, touchpointsTopic('knowledge'), mark))).toHaveLength(2);
  expect(await alone.stop()).toBe(0);
}, 60_000);

test('a key that is revoked is refused at once, without a restart', async () => {
  const text = await putKey(log, ['ingest:*'], { keyId: `r${run}` });
  const authorization = `Bearer rsn_r${run}_${text.split('_').slice(2).join('_')}`;
  const status = async () => (await post('/v1/touchpoints/knowledge', '{}', { authorization })).status;
  await until(async () => (await status()) === 422);
  const producer = await log.producer();
  await producer.send({ topic: 'resonant.keys.v1', key: `r${run}`, value: null });
  await producer.close();
  await until(async () => (await status()) === 401);
  expect(await status()).toBe(401);
}, 60_000);
