import { describe, expect, test } from '@jest/globals';
import { isResonantError, type Party, type Source, sources, type Touchpoint } from '@resonant/contracts';
import { definitions } from '../../src/sources/index.ts';
import { recordKeyOf } from '../../src/sources/record-key.ts';
import { arrival, now } from '../arrival.ts';

const read = (source: Source, event: Record<string, unknown>): Touchpoint =>
  definitions[source].touchpoint(event, arrival(JSON.stringify(event)));

const example = (source: Source, over: Record<string, unknown> = {}): Touchpoint =>
  read(source, { ...definitions[source].example, ...over });

const refusal = (source: Source, over: Record<string, unknown>): [string, unknown] => {
  try {
    example(source, over);
  } catch (error) {
    if (isResonantError(error))
      return [error.code, (error.extra.errors as { path: string }[] | undefined)?.map(({ path }) => path)];
    throw error;
  }
  return ['none', undefined];
};

const nobody: Party = {
  role: 'other',
  speaker: null,
  repId: null,
  contactId: null,
  accountId: null,
  email: null,
  phone: null,
  handle: null,
  name: null,
};

describe.each(sources)('an event of %s', (source) => {
  test('carries the envelope: ids, instants, the way in and its bytes', () => {
    const touchpoint = example(source, { language: 'zh-CN', leadId: 'lead-1', opportunityId: 'o-1', threadId: 't-1' });
    const { id, occurredAt } = definitions[source].example as { id: string; occurredAt: string };
    expect(touchpoint).toMatchObject({
      eventId: `${source}:${id}`,
      source,
      id,
      occurredAt: Date.parse(occurredAt),
      receivedAt: now,
      language: 'zh',
      threadId: 't-1',
      leadId: 'lead-1',
      opportunityId: 'o-1',
      via: 'http',
      keyId: 'k1',
      payloadType: 'application/json',
    });
    expect(JSON.parse(touchpoint.payload.toString())).toMatchObject({ id });
    expect(recordKeyOf(touchpoint)).toBe('t-1');
  });

  test.each([
    ['an id of 257 characters', { id: 'x'.repeat(257) }, ['/id']],
    ['an id with a control character', { id: 'a\u0000b' }, ['/id']],
    ['a number as id', { id: 7 }, ['/id']],
    ['an instant without zone', { occurredAt: '2026-03-03T09:00:00' }, ['/occurredAt']],
    ['an instant as number', { occurredAt: 1_772_528_400 }, ['/occurredAt']],
    ['a field that does not exist', { colour: 'red' }, ['']],
    ['no language', { language: '?' }, ['/language']],
  ])('is refused with %s', (_name, over, paths) => {
    expect(refusal(source, over)).toEqual(['invalid-event', paths]);
  });

  test('is refused more than 5 minutes ahead, taken at 5', () => {
    const at = (ms: number) => new Date(now + ms).toISOString();
    expect(refusal(source, { occurredAt: at(300_001) })[0]).toBe('occurred-in-future');
    const instant = source === 'calls' ? { utterances: [] } : {};
    expect(example(source, { ...instant, occurredAt: at(300_000) }).occurredAt).toBe(now + 300_000);
  });

  test('may leave optional fields out or null, and a language that is not ours is left to the detection', () => {
    expect(example(source, { language: null, threadId: null, opportunityId: null })).toMatchObject({
      language: null,
      threadId: source === 'emails' ? '4711@acme.example' : null,
      opportunityId: null,
    });
    expect(example(source, { language: 'de-AT' }).language).toBeNull();
  });

  test('is refused if it is not an object', () => {
    expect(() => read(source, [] as never)).toThrow(expect.objectContaining({ code: 'invalid-event' }));
  });
});

describe('parties', () => {
  const party = (given: Record<string, unknown>) => example('knowledge', { reader: given });

  test.each([
    [{ email: ' Buyer@ACME.example ' }, { email: 'buyer@acme.example' }],
    [{ phone: '+49 (30) 12-34.56' }, { phone: '+4930123456' }],
    [{ phone: '0086 138 0013 8000' }, { phone: '+8613800138000' }],
    [{ handle: 'GitHub:Octocat' }, { handle: 'github:octocat' }],
    [
      { role: 'customer', contactId: 'c', name: null },
      { role: 'customer', contactId: 'c' },
    ],
    [{}, {}],
  ])('%j becomes %j', (given, expected) => {
    expect(party(given)).toMatchObject({ reader: { ...nobody, ...expected } });
  });

  test.each([
    [{ email: 'buyer' }, '/reader/email'],
    [{ email: 'a@b@c' }, '/reader/email'],
    [{ phone: '030 123456' }, '/reader/phone'],
    [{ phone: '+49 abc' }, '/reader/phone'],
    [{ handle: 'octocat' }, '/reader/handle'],
    [{ role: 'boss' }, '/reader/role'],
    [{ nickname: 'x' }, '/reader'],
  ])('%j is refused', (given, path) => {
    expect(refusal('knowledge', { reader: given })).toEqual(['invalid-event', [path]]);
  });
});

describe('calls', () => {
  const start = Date.parse('2026-03-03T09:00:00Z');

  test('end with the later of endedAt and the last utterance', () => {
    expect(example('calls')).toMatchObject({ endedAt: start + 5200 });
    expect(example('calls', { endedAt: '2026-03-03T09:00:01Z' })).toMatchObject({ endedAt: start + 5200 });
    expect(example('calls', { endedAt: '2026-03-03T09:01:00Z' })).toMatchObject({ endedAt: start + 60_000 });
    expect(example('calls', { utterances: undefined })).toMatchObject({ endedAt: start, utterances: [] });
  });

  test('have their utterances in order, and a party for a speaker that nobody named', () => {
    const utterances = [
      { speaker: 'C', startMs: 50, endMs: 60, text: 'two' },
      { speaker: 'A', startMs: 0, endMs: 10, text: 'one' },
    ];
    expect(example('calls', { utterances })).toMatchObject({
      utterances: [{ text: 'one' }, { text: 'two' }],
      parties: [{ speaker: 'A' }, { speaker: 'B' }, { ...nobody, speaker: 'C' }],
    });
  });

  test.each([
    [{ endedAt: '2026-03-03T08:59:59Z' }, ['invalid-event', ['/endedAt']]],
    [{ endedAt: '2026-03-04T09:00:00Z' }, ['occurred-in-future', undefined]],
    [{ utterances: [{ speaker: 'A', startMs: 10, endMs: 9, text: '' }] }, ['invalid-event', ['/utterances/0/endMs']]],
    [{ utterances: [{ speaker: 'A', startMs: -1, endMs: 9, text: '' }] }, ['invalid-event', ['/utterances/0/startMs']]],
    [{ parties: [] }, ['invalid-event', ['/parties']]],
    [{ direction: 'sideways' }, ['invalid-event', ['/direction']]],
  ])('%j is refused', (over, expected) => {
    expect(refusal('calls', over)).toEqual(expected);
  });
});

describe('e-mails', () => {
  test.each([
    [{ references: ['<a@x>', '<b@x>'], inReplyTo: '<b@x>' }, 'a@x'],
    [{ inReplyTo: '<b@x>' }, 'b@x'],
    [{ threadId: 'own' }, 'own'],
    [{}, '4711@acme.example'],
  ])('%j belongs to the thread %s', (over, threadId) => {
    expect(example('emails', over)).toMatchObject({ threadId, messageId: '4711@acme.example' });
  });
});

describe('crm', () => {
  test('keeps fields as text', () => {
    expect(example('crm')).toMatchObject({
      fields: { stage: 'new', seats: '20' },
      by: 'human',
      channel: 'crm',
      text: '',
    });
  });

  test.each(['lead-created', 'lead-response'])('%s is refused without its lead', (type) => {
    expect(refusal('crm', { type, leadId: undefined })).toEqual(['invalid-event', ['/leadId']]);
  });

  test('a note needs no lead', () => {
    expect(example('crm', { type: 'note', leadId: undefined })).toMatchObject({ type: 'note', leadId: null });
  });
});

describe('the record key', () => {
  test.each<[Source, Record<string, unknown>, string]>([
    ['calls', {}, 'calls:call-4711'],
    ['calls', { parties: [{ contactId: 'other' }, { role: 'customer', contactId: 'c-1' }] }, 'c-1'],
    ['crm', {}, 'lead-7'],
    ['forum', { author: { contactId: 'c-2' } }, 'c-2'],
    ['knowledge', {}, 'knowledge:read-4711'],
    ['emails', { messageId: undefined, from: { contactId: 'c-3' } }, 'c-3'],
  ])('of %s with %j is %s', (source, over, key) => {
    expect(recordKeyOf(example(source, over))).toBe(key);
  });
});
