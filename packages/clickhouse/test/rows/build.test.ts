import { beforeAll, describe, expect, test } from '@jest/globals';
import { Decoder, keyspaces, signalsTopic, sources, topics, touchpointsTopic } from '@resonant/contracts';
import fc from 'fast-check';
import { type BuiltRow, type Decode, type IntakeTable, type KafkaRecord, keptTopics, rowsOf } from '../../src/index.ts';
import { at, decodeAll, recordOf, type SampledName } from './samples.ts';

let decode: Decode;
beforeAll(async () => {
  decode = await decodeAll();
});

const build = (record: KafkaRecord, epoch = 0): BuiltRow<IntakeTable> => {
  const rows = rowsOf(record.topic);
  if (rows === undefined) throw new Error(`${record.topic} is not kept`);
  return rows.build(record, decode, epoch);
};
const rowOf = (topic: string, name: SampledName, change: object = {}) =>
  build(recordOf(topic, name, change)).row as unknown as Readonly<Record<string, unknown>>;

const topicOf = (name: SampledName): string => topics.find(({ records }) => records.includes(name))?.name as string;

const coordinates = { partition: 3, offset: 12_001, epoch: 0, appended_at: at + 10 };

describe('what history keeps', () => {
  test('every topic but state, inbound, positions, seals, erasures and keys', () => {
    const left = topics.map(({ name }) => name).filter((name) => !keptTopics.includes(name));
    expect(left.sort()).toEqual(
      [
        ...sources.map((source) => `resonant.inbound.${source}.v1`),
        ...keyspaces.map((keyspace) => `resonant.state.${keyspace}.v1`),
        'resonant.erasures.v1',
        'resonant.keys.v1',
        'resonant.positions.v1',
        'resonant.seals.v1',
      ].sort(),
    );
    expect(rowsOf('resonant.keys.v1')).toBeUndefined();
  });
});

describe('a row', () => {
  test('of a call has its length, its words line by line, and who took part', () => {
    expect(rowOf(touchpointsTopic('calls'), 'CallTouchpoint')).toMatchObject({
      ...coordinates,
      topic: 'resonant.touchpoints.calls.v1',
      schema_id: 1,
      source: 'calls',
      account_id: 'acme',
      rep_id: 'rep-07',
      contact_id: 'ann',
      language: '',
      text: 'Good morning\n价格太高',
      n_utterances: 2,
      duration_ms: 60_000,
      attributes: { recogniser: 'whisper' },
      media_type: 'application/json',
      bytes: Buffer.from([0, 255, 10, 39, 92]),
    });
  });

  test('of a mail says who stood where in its head', () => {
    const { parties, ...row } = rowOf(touchpointsTopic('emails'), 'EmailTouchpoint');
    expect((parties as string[][]).map(([role, speaker]) => [role, speaker])).toEqual([
      ['customer', 'from'],
      ['rep', 'to'],
    ]);
    expect(row).toMatchObject({ subject: 'Re: response times', is_auto_reply: 1 });
    expect(row.attributes).toEqual({ messageId: 'm@acme.example', references: '["a","b"]' });
  });

  test('of a post, a page read and a CRM entry has what only their source has', () => {
    expect(rowOf(touchpointsTopic('forum'), 'ForumTouchpoint')).toMatchObject({
      subject: 'Rate limits',
      attributes: { community: 'github:octo-org/octo-repo', postId: '991', kind: 'post', action: 'created' },
    });
    expect(rowOf(touchpointsTopic('knowledge'), 'KnowledgeTouchpoint')).toMatchObject({
      text: 'rate limit',
      duration_ms: 12_500,
      attributes: { pageId: 'limits', query: 'rate limit', activeSeconds: '12.5' },
    });
    expect(rowOf(touchpointsTopic('crm'), 'CrmTouchpoint')).toMatchObject({
      account_id: '',
      is_auto_reply: 1,
      attributes: { type: 'lead-response', by: 'auto', isPersonalised: 'false', 'fields.stage': 'won' },
    });
  });

  test('of a signal tells an absent value from an empty text', () => {
    expect(rowOf(signalsTopic('account'), 'Signal')).toMatchObject({
      ...coordinates,
      keyspace: 'account',
      record_type: 'Signal',
      is_row: 1,
      signal_id: 's1',
      rep_id: '',
      team_id: '',
      empty_fields: ['rep_id'],
      measures: { polarity: -0.8 },
      tick_at: null,
    });
  });

  test('of a tick and of a rule change has its bytes, and what it says', () => {
    const tick = recordOf(signalsTopic('team'), 'Tick');
    expect(build(tick).row).toMatchObject({ record_type: 'Tick', tick_at: at, value: tick.value, key: tick.key });
    expect(rowOf(signalsTopic('lead'), 'RuleChange')).toMatchObject({
      rule_id: 'resonance',
      action: 'put',
      revision: 17,
    });
  });

  test('of an alert has the subject as its id is made from it', () => {
    expect(rowOf(topicOf('Alert'), 'Alert')).toMatchObject({
      ...coordinates,
      subject: '{"accountId":"acme","repId":"rep-07"}',
      subject_fields: { repId: 'rep-07', accountId: 'acme' },
      evidence: [['', 's1', at, 'a']],
      is_shadow: 1,
      log_partition: 3,
      tick_offset: 88,
    });
  });

  test('of an action without a due has no instant there', () => {
    expect(rowOf(topicOf('Action'), 'Action')).toMatchObject({ to_role: 'supervisor', due_at: at + 900_000 });
    expect(rowOf(topicOf('Action'), 'Action', { dueAt: null, alertId: null, seq: 0 })).toMatchObject({
      due_at: null,
      alert_id: '',
      seq: 0,
    });
  });

  test('of an anonymous action names neither alert nor tick', () => {
    const anonymous = { alertId: null, seq: 0, tickOffset: -1 };
    expect(rowOf(topicOf('Action'), 'Action', anonymous)).toMatchObject({ alert_id: '', seq: 0, tick_offset: 0 });
    expect(build(recordOf(topicOf('Action'), 'Action', { tickOffset: -1 })).rejection?.detail).toBe(
      'tickOffset: expected an offset, got -1',
    );
  });

  test('of a rule has the version of its document, of a deleted one none', () => {
    expect(rowOf('resonant.rules.v1', 'Rule')).toMatchObject({ version: 3, keyspace: 'account', changed_by: '' });
    expect(rowOf('resonant.rules.v1', 'Rule', { action: 'delete', keyspace: null, document: null })).toMatchObject({
      version: 0,
      action: 'delete',
    });
  });

  test.each<[SampledName, object]>([
    ['Account', { kind: 'account', id: 'acme', belongs_to: [['rep-07', at, null]], domains: ['acme.example'] }],
    ['Contact', { kind: 'contact', id: 'ann', name: '', emails: ['ann@acme.example'] }],
    ['Rep', { kind: 'rep', id: 'rep-07', belongs_to: [['north-1', at, at + 1]] }],
    ['Team', { kind: 'team', id: 'north-1', head_id: 'rep-02' }],
    ['Region', { kind: 'region', id: 'north', head_id: '' }],
    ['TalkTrack', { kind: 'talk-track', id: 'new-policy', quorum: 2, phrases: ['a b'] }],
    ['GlossaryEntry', { kind: 'glossary-entry', id: 'rate-limit', is_technical: 1, phrases: ['ratelimit'] }],
  ])('of an entry: %s', (name, row) => {
    expect(rowOf(topicOf(name), name)).toMatchObject({ ...row, is_deleted: 0 });
  });

  test.each([
    ['resonant.directory.v1', 'accounts/acme', { kind: 'account', id: 'acme', is_deleted: 1, name: '' }],
    ['resonant.vocabulary.v1', 'glossary/a/b', { kind: 'glossary-entry', id: 'a/b', is_deleted: 1 }],
    ['resonant.rules.v1', 'resonance', { rule_id: 'resonance', action: 'delete', version: 0 }],
  ])('of a tombstone in %s removes what its key names', (topic, key, row) => {
    const tombstone = recordOf(topic, 'Rule', {}, { key: Buffer.from(key), value: null });
    expect(build(tombstone)).toMatchObject({ row: { ...row, schema_id: 0 }, rejection: undefined });
  });

  test('of a dead letter and of a decision about it have its bytes and the decision', () => {
    expect(rowOf('resonant.dead-letters.v1', 'DeadLetter')).toMatchObject({
      record_type: 'DeadLetter',
      payload: Buffer.from([0, 255]),
      headers: { h: Buffer.from([128]) },
      key: null,
    });
    expect(rowOf('resonant.dead-letters.v1', 'DeadLetterOutcome')).toMatchObject({
      record_type: 'DeadLetterOutcome',
      outcome: 'discarded',
      decided_by: 'ops',
    });
  });

  test('is the same however often it is made', () => {
    fc.assert(
      fc.property(fc.nat(65_535), fc.maxSafeNat(), fc.nat(1000), (partition, offset, epoch) => {
        const record = recordOf(topicOf('Alert'), 'Alert', {}, { partition, offset });
        expect(build(record, epoch)).toEqual(build(record, epoch));
        expect(build(record, epoch).row).toMatchObject({ partition, offset, epoch });
      }),
    );
  });
});

describe('a poison record', () => {
  const far = Date.UTC(2200, 0, 1);
  test.each<[SampledName, object, string]>([
    ['CallTouchpoint', { eventId: '' }, 'eventId: expected a text, got ""'],
    ['CallTouchpoint', { occurredAt: -1 }, 'occurredAt: expected an instant from 1970 to 2199 in epoch ms, got -1'],
    [
      'CallTouchpoint',
      { receivedAt: far },
      `receivedAt: expected an instant from 1970 to 2199 in epoch ms, got ${far}`,
    ],
    [
      'CallTouchpoint',
      { endedAt: at - 1 },
      `endedAt: expected an instant not before occurredAt (${at}), got ${at - 1}`,
    ],
    ['CallTouchpoint', { via: 'fax' }, 'via: expected http, webhook, kafka, got "fax"'],
    [
      'KnowledgeTouchpoint',
      { activeSeconds: Number.NaN },
      'activeSeconds: expected a whole number of ms that is not negative, got "NaN"',
    ],
    [
      'KnowledgeTouchpoint',
      { activeSeconds: -1 },
      'activeSeconds: expected a whole number of ms that is not negative, got -1000',
    ],
    [
      'KnowledgeTouchpoint',
      { activeSeconds: 1e300 },
      'activeSeconds: expected a whole number of ms that is not negative, got 1e+303',
    ],
    ['Signal', { id: '' }, 'id: expected a text, got ""'],
    [
      'Signal',
      { occurredAt: 2 ** 52 },
      `occurredAt: expected an instant from 1970 to 2199 in epoch ms, got ${2 ** 52}`,
    ],
    [
      'Signal',
      { measures: { polarity: Number.POSITIVE_INFINITY } },
      'measures.polarity: expected a finite number, got "Infinity"',
    ],
    ['Tick', { at: -5 }, 'at: expected an instant from 1970 to 2199 in epoch ms, got -5'],
    ['RuleChange', { revision: -1 }, 'revision: expected an offset, got -1'],
    ['RuleChange', { action: 'patch' }, 'action: expected put, delete, got "patch"'],
    ['Alert', { seq: 0 }, 'seq: expected a whole number from 1, got 0'],
    ['Alert', { ruleVersion: -3 }, 'ruleVersion: expected a whole number from 1, got -3'],
    ['Alert', { alertId: '' }, 'alertId: expected a text, got ""'],
    ['Alert', { transition: 'reopened' }, 'transition: expected opened, updated, resolved, withdrawn, got "reopened"'],
    ['Alert', { decidedAt: at - 1 }, `decidedAt: expected an instant not before at (${at}), got ${at - 1}`],
    ['Alert', { partition: -1 }, 'partition: expected a partition, got -1'],
    ['Alert', { tickOffset: -1 }, 'tickOffset: expected an offset, got -1'],
    ['Alert', { values: { n: Number.NaN } }, 'values.n: expected a finite number, got "NaN"'],
    ['Action', { to: 'ceo' }, 'to: expected rep, supervisor, director, account-owner, team-board, region, got "ceo"'],
    ['Action', { seq: 0 }, 'seq: expected a whole number from 1, got 0'],
    ['Delivery', { status: 'lost' }, 'status: expected delivered, held, failed, got "lost"'],
    ['Rule', { document: '{"version":0}' }, 'document.version: expected a whole number from 1, got 0'],
    ['Rule', { document: '{' }, 'document: expected a rule document as JSON, got "{"'],
    [
      'Account',
      { owners: [{ repId: 'r', from: -1, to: null }] },
      '0.from: expected an instant from 1970 to 2199 in epoch ms, got -1',
    ],
    ['TalkTrack', { quorum: 0 }, 'quorum: expected a whole number from 1, got 0'],
  ])('%s with %j is rejected by field', (name, change, detail) => {
    const { rejection } = build(recordOf(topicOf(name), name, change));
    expect(rejection).toEqual({ reason: 'unstorable-record', detail });
  });

  test.each([
    [
      'bytes that are not Avro',
      Buffer.from('{"id":1}'),
      'expected Confluent wire format (0x00, schema id, Avro), got other bytes',
    ],
    ['a value that ends early', recordOf(topicOf('Alert'), 'Alert').value?.subarray(0, 20), 'Alert under schema 9: '],
    ['a record of another topic', recordOf(topicOf('Tick'), 'Tick').value, 'record: expected Alert, got "Tick"'],
    ['a tombstone', null, 'record: expected Alert, got "a tombstone"'],
  ])('%s is rejected with its reason', (_what, value, detail) => {
    const { row, bytes, rejection } = build(recordOf(topicOf('Alert'), 'Alert', {}, { value: value ?? null }));
    expect([row, bytes]).toEqual([undefined, undefined]);
    expect(rejection?.detail.startsWith(detail)).toBe(true);
  });

  test('with a timestamp that no column holds is rejected', () => {
    const { rejection } = build(recordOf(topicOf('Alert'), 'Alert', {}, { timestamp: -1 }));
    expect(rejection?.detail).toBe('timestamp: expected an instant from 1970 to 2199 in epoch ms, got -1');
  });

  test.each([
    ['bytes', Buffer.from([1, 2, 3])],
    ['a tombstone', null],
    ['a record of another topic', recordOf(topicOf('Alert'), 'Alert').value],
  ])('in a signals topic is a row of the log all the same: %s', (_what, value) => {
    const built = build(recordOf(signalsTopic('account'), 'Signal', {}, { value, timestamp: -1 }));
    expect(built.row).toMatchObject({ record_type: '', is_row: 0, value, appended_at: 0 });
    expect(built.bytes?.length).toBeGreaterThan(50);
    expect(built.rejection).toBeDefined();
  });

  test('in the topic of dead letters becomes a letter about itself, for there is no further place', () => {
    const value = Buffer.from([1, 2, 3]);
    const built = build(recordOf('resonant.dead-letters.v1', 'DeadLetter', {}, { value }));
    expect(built.rejection).toBeUndefined();
    expect(built.row).toMatchObject({
      record_type: 'DeadLetter',
      origin: 'resonant.dead-letters.v1/3/12001',
      reason: 'undecodable-record',
      payload: value,
    });
  });

  test('of a type that this release does not know stops the build instead of being put aside', async () => {
    const decoder = new Decoder(async () => ({
      type: 'record',
      name: 'Novelty',
      namespace: 'resonant.v1',
      fields: [],
    }));
    const value = Buffer.from([0, 0, 0, 0, 9]);
    await decoder.prepare([value]);
    const record = recordOf(topicOf('Alert'), 'Alert', {}, { value });
    expect(() => rowsOf(record.topic)?.build(record, (bytes) => decoder.decode(bytes), 0)).toThrow(
      'upgrade this release',
    );
  });

  test('any bytes and any beginning of a good value become a row, a rejection, or both, and nothing is thrown', () => {
    const good = topics.flatMap(({ name, records }) =>
      rowsOf(name) === undefined ? [] : records.map((record) => recordOf(name, record as SampledName)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.uint8Array({ maxLength: 300 }), fc.nat(200), (record, bytes, length) => {
        for (const value of [Buffer.from([1, ...bytes]), record.value?.subarray(0, length) ?? null]) {
          const built = build({ ...record, value });
          expect(built.bytes !== undefined || built.rejection !== undefined).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
