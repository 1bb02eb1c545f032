import { Decoder, encode, type RecordName, type Records, schemas } from '@resonant/contracts';
import type { Decode, KafkaRecord } from '../../src/index.ts';

/** 2026-03-02 09:15:00 UTC. */
export const at = Date.UTC(2026, 2, 2, 9, 15);

const party = {
  role: 'customer',
  speaker: null,
  repId: null,
  contactId: 'ann',
  accountId: 'acme',
  email: 'ann@acme.example',
  phone: null,
  handle: null,
  name: 'Ann',
};
const rep = { ...party, role: 'rep', repId: 'rep-07', contactId: null, accountId: null, email: null, name: null };

const common = {
  occurredAt: at,
  receivedAt: at + 5,
  language: null,
  threadId: 'th-1',
  leadId: null,
  opportunityId: null,
  via: 'http',
  keyId: 'k_7',
  payloadType: 'application/json',
  payload: Buffer.from([0, 255, 10, 39, 92]),
};

const touchpoint = (source: string, channel: string) => ({
  ...common,
  source,
  channel,
  id: '1',
  eventId: `${source}:1`,
});

const origin = { keyspace: 'account', partitionKey: 'acme', partition: 3, tickOffset: 88 };

/** One realistic value of each record that history keeps. */
export const samples = {
  CallTouchpoint: {
    ...touchpoint('calls', 'call'),
    endedAt: at + 60_000,
    direction: 'inbound',
    recogniser: 'whisper',
    parties: [rep, { ...party, speaker: 'B' }],
    utterances: [
      { speaker: 'A', startMs: 0, endMs: 900, text: 'Good morning' },
      { speaker: 'B', startMs: 1000, endMs: 1900, text: '价格太高' },
    ],
  },
  EmailTouchpoint: {
    ...touchpoint('emails', 'email'),
    messageId: 'm@acme.example',
    inReplyTo: null,
    references: ['a', 'b'],
    from: party,
    to: [rep],
    cc: [],
    subject: 'Re: response times',
    text: 'We waited\nfour days.',
    isAutoReply: true,
    attachments: [],
    defects: [],
  },
  ForumTouchpoint: {
    ...touchpoint('forum', 'forum'),
    community: 'github:octo-org/octo-repo',
    postId: '991',
    kind: 'post',
    action: 'created',
    url: null,
    title: 'Rate limits',
    text: 'How do I raise them?',
    author: { ...party, handle: 'github:octocat' },
  },
  KnowledgeTouchpoint: {
    ...touchpoint('knowledge', 'knowledge'),
    reader: party,
    pageId: 'limits',
    pageTitle: 'Limits',
    query: 'rate limit',
    activeSeconds: 12.5,
  },
  CrmTouchpoint: {
    ...touchpoint('crm', 'crm'),
    type: 'lead-response',
    by: 'auto',
    parties: [],
    isPersonalised: false,
    subject: null,
    text: '',
    fields: { stage: 'won' },
  },
  Signal: {
    id: 's1',
    kind: 'sentiment',
    occurredAt: at,
    channel: 'forum',
    accountId: 'acme',
    contactId: null,
    repId: '',
    teamId: null,
    regionId: null,
    leadId: null,
    opportunityId: null,
    measures: { polarity: -0.8 },
    labels: { topic: 'response-time' },
    eventId: 'forum:1',
  },
  Tick: { at },
  RuleChange: { action: 'put', ruleId: 'resonance', document: '{"version":3}', revision: 17 },
  Alert: {
    ...origin,
    alertId: '9b2f',
    seq: 1,
    ruleId: 'resonance',
    ruleVersion: 3,
    subject: { repId: 'rep-07', accountId: 'acme' },
    transition: 'opened',
    state: 'resonating',
    at,
    decidedAt: at + 700,
    values: { strength: 1, minutesBetween: 42.5 },
    evidence: [{ eventId: null, signalId: 's1', occurredAt: at, role: 'a' }],
    isLate: false,
    isShadow: true,
    openedAt: at,
    severity: 'high',
    title: { en: 'Resonance' },
  },
  Action: {
    ...origin,
    action: 'intervention',
    actionId: '77aa',
    alertId: '9b2f',
    seq: 1,
    ruleId: 'resonance',
    ruleVersion: 3,
    subject: { accountId: 'acme' },
    to: 'supervisor',
    template: null,
    at,
    decidedAt: at,
    dueAt: at + 900_000,
  },
  Delivery: {
    deliveryId: 'd1',
    actionId: '77aa',
    alertId: null,
    recipient: 'rep-02',
    medium: 'card',
    status: 'held',
    reason: 'muted',
    at,
  },
  Rule: {
    action: 'put',
    ruleId: 'resonance',
    keyspace: 'account',
    document: '{"id":"resonance","version":3}',
    changedAt: at,
    changedBy: null,
  },
  Account: {
    accountId: 'acme',
    name: 'Acme',
    owners: [{ repId: 'rep-07', from: at, to: null }],
    domains: ['acme.example'],
    crmIds: ['sf-1'],
  },
  Contact: { contactId: 'ann', name: null, accounts: [], emails: ['ann@acme.example'], phones: [], handles: [] },
  Rep: {
    repId: 'rep-07',
    name: 'Bo',
    teams: [{ teamId: 'north-1', from: at, to: at + 1 }],
    emails: [],
    phones: [],
    handles: [],
  },
  Team: { teamId: 'north-1', name: 'North one', regions: [], supervisorId: 'rep-02' },
  Region: { regionId: 'north', name: 'North', directorId: null },
  TalkTrack: { trackId: 'new-policy', title: 'New policy', language: 'en', phrases: ['a b'], quorum: 2, triggers: [] },
  GlossaryEntry: {
    termId: 'rate-limit',
    term: 'rate limit',
    language: null,
    aliases: ['ratelimit'],
    isTechnical: true,
  },
  DeadLetter: {
    deadLetterId: '0a1b',
    source: 'emails',
    origin: 'resonant.inbound.emails.v1/0/17',
    reason: 'malformed-body',
    detail: 'expected JSON',
    at,
    mediaType: 'text/plain',
    key: null,
    headers: { h: Buffer.from([128]) },
    payload: Buffer.from([0, 255]),
  },
  DeadLetterOutcome: { deadLetterId: '0a1b', outcome: 'discarded', at, by: 'ops', note: '', topic: null },
} as const satisfies { readonly [N in RecordName]?: Records[N] };

export type SampledName = keyof typeof samples;

const names = Object.keys(samples) as SampledName[];

/** Schema ids as a registry would give them. */
const schemaIdOf = (name: SampledName): number => names.indexOf(name) + 1;

const decoder = new Decoder(async (id) => schemas[names[id - 1] as RecordName]);

/** A Kafka record with the sample of `name`, changed by `change`. */
export const recordOf = (
  topic: string,
  name: SampledName,
  change: object = {},
  more: Partial<KafkaRecord> = {},
): KafkaRecord => ({
  topic,
  partition: 3,
  offset: 12_001,
  timestamp: at + 10,
  key: Buffer.from('acme'),
  value: encode(
    name as RecordName,
    { ...samples[name], ...change } as unknown as Records[RecordName],
    schemaIdOf(name),
  ),
  headers: { ce_id: Buffer.from('s1') },
  ...more,
});

/** Decodes what `recordOf` made, by the real codec. */
export async function decodeAll(): Promise<Decode> {
  await decoder.prepare(names.map((name) => recordOf('any', name).value));
  return (value) => decoder.decode(value);
}
