import { beforeEach, describe, expect, test } from '@jest/globals';
import { deadLettersTopic, inboundTopic, topics, touchpointsTopic } from '@resonant/contracts';
import {
  deadLetterRecords,
  decoderFor,
  type LogRecord,
  type MemoryLog,
  memoryLog,
  type NewRecord,
} from '@resonant/kafka';
import { inboundProcessor } from '../../src/inbound/processor.ts';
import { definitions } from '../../src/sources/index.ts';
import { touchpointRecords } from '../../src/touchpoint-records.ts';
import { github } from '../../src/webhooks/github/index.ts';
import { now } from '../arrival.ts';
import { TestClaims } from '../http/harness.ts';

let log: MemoryLog;
let claims: TestClaims;
let counts: string[];
beforeEach(async () => {
  log = memoryLog();
  await (await log.admin()).ensureTopics(topics, 1);
  claims = new TestClaims();
  counts = [];
});

const processor = async (source: 'knowledge' | 'emails' | 'forum' = 'knowledge') =>
  inboundProcessor({
    source,
    claims,
    records: await touchpointRecords(log),
    deadLetter: await deadLetterRecords(log),
    vendors: new Map([['github', github(new Map())]]),
    now: () => now,
    counted: (_source, outcome) => void counts.push(outcome),
  });

const record = (offset: number, value: string | null, headers: Record<string, string> = {}): LogRecord => ({
  topic: inboundTopic('knowledge'),
  partition: 3,
  offset,
  timestamp: now,
  key: Buffer.from('k'),
  value: value === null ? null : Buffer.from(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
});

const event = (id: string) => JSON.stringify({ ...definitions.knowledge.example, id });
const decodedOf = async (made: NewRecord | undefined) =>
  (await decoderFor(log).read(made?.value ?? Buffer.alloc(0))).value;
const batch = { muted: false, nextOffset: 0 };

describe('an inbound record', () => {
  test('becomes the touchpoint that HTTP would have made of it, with its trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const made = await (await processor()).process([record(0, event('a'), { traceparent })], batch);
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ topic: touchpointsTopic('knowledge'), headers: { traceparent } });
    expect(await decodedOf(made[0])).toMatchObject({
      id: 'a',
      via: 'kafka',
      keyId: null,
      payload: Buffer.from(event('a')),
    });
  });

  test('may be a mail, by its content-type header', async () => {
    const mail = 'From: buyer@acme.example\r\nMessage-ID: <m@x>\r\n\r\nHello';
    const made = await (await processor('emails')).process(
      [record(0, mail, { 'content-type': 'message/rfc822' })],
      batch,
    );
    expect(await decodedOf(made[0])).toMatchObject({ id: 'm@x', text: 'Hello' });
  });

  test.each<[string, string | null, string]>([
    ['that is not JSON', '{"id":', 'malformed-body'],
    ['without value', null, 'malformed-body'],
    ['that does not fit', '{"id":"a"}', 'invalid-event'],
    ['over 256 KiB', JSON.stringify('x'.repeat(256 * 1024)), 'too-large'],
    [
      'ahead of its time',
      JSON.stringify({ ...definitions.knowledge.example, occurredAt: '2037-01-01T00:00:00Z' }),
      'occurred-in-future',
    ],
  ])(
    '%s becomes a dead letter with its place, key and bytes, and the next one goes on',
    async (_name, value, reason) => {
      const made = await (await processor()).process([record(7, value, { trace: 'x' }), record(8, event('b'))], batch);
      expect(made.map(({ topic }) => topic)).toEqual([deadLettersTopic, touchpointsTopic('knowledge')]);
      expect(await decodedOf(made[0])).toMatchObject({
        reason,
        origin: `${inboundTopic('knowledge')}/3/7`,
        source: 'knowledge',
        key: Buffer.from('k'),
        headers: { trace: Buffer.from('x') },
        payload: Buffer.from(value ?? ''),
      });
      expect(counts).toEqual(['dead-letter', 'accepted']);
    },
  );
});

describe('a dead letter that is tried again', () => {
  const issue = {
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
  const hook = { 'resonant-route': '/v1/webhooks/github/community', 'X-GitHub-Event': 'issues' };

  test('is read by the vendor whose webhook it came through', async () => {
    const made = await (await processor('forum')).process([record(0, JSON.stringify(issue), hook)], batch);
    expect(await decodedOf(made[0])).toMatchObject({ id: 'github:issue-1:2026-03-03T10:00:00.000Z', via: 'webhook' });
  });

  test('may turn out to be nothing that anybody said', async () => {
    const ping = record(0, '{}', { ...hook, 'X-GitHub-Event': 'ping' });
    expect(await (await processor('forum')).process([ping], batch)).toEqual([]);
    expect(counts).toEqual(['ignored']);
  });

  test('is put aside again, under its new place, if it still cannot be read', async () => {
    const made = await (await processor('forum')).process(
      [record(4, '{}', hook), record(5, '{}', { 'resonant-route': '/v1/webhooks/fax/community' })],
      batch,
    );
    const letters = await Promise.all(made.map(decodedOf));
    expect(letters.map((value) => 'origin' in value && [value.reason, value.origin])).toEqual([
      ['invalid-event', `${inboundTopic('knowledge')}/3/4`],
      ['not-found', `${inboundTopic('knowledge')}/3/5`],
    ]);
  });

  test('keeps the lead that the mail’s request named', async () => {
    const mail = 'From: buyer@acme.example\r\nMessage-ID: <m@x>\r\n\r\nHello';
    const headers = { 'content-type': 'message/rfc822', 'resonant-route': '/v1/touchpoints/emails?leadId=lead-7' };
    const made = await (await processor('emails')).process([record(0, mail, headers)], batch);
    expect(await decodedOf(made[0])).toMatchObject({ id: 'm@x', leadId: 'lead-7', via: 'http' });
  });
});

describe('dedupe', () => {
  test('an event that HTTP has stored is not written again', async () => {
    await claims.confirm([{ id: 'knowledge:a', contentHash: null }]);
    expect(await (await processor()).process([record(0, event('a'))], batch)).toEqual([]);
    expect(counts).toEqual(['duplicate']);
  });

  test.each([
    ['stored before', false],
    ['made and not committed yet', true],
  ])('another event under an id that was %s becomes a dead letter that says so', async (_name, isUncommitted) => {
    const other = JSON.stringify({ ...definitions.knowledge.example, id: 'a', pageId: 'another-page' });
    const inbound = await processor();
    expect(await inbound.process([record(0, event('a'))], batch)).toHaveLength(1);
    if (!isUncommitted) {
      inbound.committed?.(1);
      await Promise.resolve();
    }
    const made = await inbound.process([record(1, ` ${event('a')}`), record(2, other)], batch);
    expect(made.map(({ topic }) => topic)).toEqual([deadLettersTopic]);
    expect(await decodedOf(made[0])).toMatchObject({
      reason: 'id-reused',
      origin: `${inboundTopic('knowledge')}/3/2`,
      payload: Buffer.from(other),
    });
    expect(counts).toEqual(['accepted', 'duplicate', 'dead-letter']);
  });

  test('a record that is read again after a crash is written again, and confirmed only after the commit', async () => {
    await (await processor()).process([record(0, event('a')), record(1, event('b'))], batch);
    const again = await processor();
    expect(await again.process([record(0, event('a')), record(1, event('b'))], batch)).toHaveLength(2);
    expect([...claims.held.values()]).toEqual([0, 1].map((offset) => `${inboundTopic('knowledge')}/3/${offset}`));
    again.committed?.(1);
    await Promise.resolve();
    expect([claims.held.get('knowledge:a'), claims.held.get('knowledge:b')]).toEqual([
      { id: 'knowledge:a', contentHash: expect.any(String) },
      `${inboundTopic('knowledge')}/3/1`,
    ]);
  });

  test('who lost the partition waits no longer for a claim of somebody else, and makes nothing', async () => {
    claims.held.set('knowledge:a', 'an HTTP request');
    const waiting = await processor();
    const taken = waiting.process([record(0, event('a'))], batch);
    waiting.lost?.();
    await expect(taken).rejects.toMatchObject({ code: 'log-unavailable' });
    expect(counts).toEqual([]);
    claims.held.clear();
    waiting.assigned?.(0);
    expect(await waiting.process([record(0, event('a'))], batch)).toHaveLength(1);
  });

  test('an id that stands twice in a partition before the commit is written once', async () => {
    const made = await (await processor()).process([record(0, event('a')), record(1, event('a'))], batch);
    expect(made).toHaveLength(1);
    expect(counts).toEqual(['accepted', 'duplicate']);
  });
});
