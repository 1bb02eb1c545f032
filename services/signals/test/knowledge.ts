import type {
  CallTouchpoint,
  CrmTouchpoint,
  EmailTouchpoint,
  ForumTouchpoint,
  KnowledgeTouchpoint,
  Party,
  Signal,
} from '@resonant/contracts';
import type { Analysis } from '@resonant/language';
import { detectLanguage } from '@resonant/language';
import { type ReferenceKind, toRecord } from '@resonant/service';
import type { Analyzer, Knowledge } from '../src/derivation.ts';
import { Directory } from '../src/directory.ts';
import { signalId } from '../src/signal.ts';
import { Vocabulary } from '../src/vocabulary.ts';

/** 2026-03-02T09:00:00Z, when everything in these tests happens unless they say otherwise. */
export const t0 = Date.UTC(2026, 2, 2, 9);

/** Judges by single words, so that a test shows in its text what it means. */
export const wordAnalyzer: Analyzer = {
  analyze: ({ text, language }): Analysis => {
    const score = /terrible|糟糕/.test(text)
      ? -0.75
      : /poor|不好/.test(text)
        ? -0.5
        : /great|很好/.test(text)
          ? 0.5
          : 0.125;
    return {
      language: language ?? detectLanguage(text),
      polarity: { label: score < -0.25 ? 'negative' : score > 0.25 ? 'positive' : 'neutral', score },
      intents: {
        'technical-consultation': /API|接口/.test(text) ? 0.875 : 0.25,
        request: /please|请/.test(text) ? 0.75 : 0.125,
      },
    };
  },
  isPersonalised: (text, { names }) => names.some((name) => text.includes(name)),
};

const entries: readonly [ReferenceKind, string, object][] = [
  ['regions', 'north', { name: 'North' }],
  ['teams', 'team-a', { name: 'Team A', regions: [{ regionId: 'north' }] }],
  ['teams', 'team-b', { name: 'Team B' }],
  ['reps', 'rep-1', { name: 'Rep 1', teams: [{ teamId: 'team-a' }], emails: ['rep-1@vendor.example'] }],
  ['reps', 'rep-2', { name: 'Rep 2', teams: [{ teamId: 'team-b' }], emails: ['rep-2@vendor.example'] }],
  ['accounts', 'acme', { name: 'Acme', owners: [{ repId: 'rep-1' }], domains: ['acme.example'], crmIds: ['CRM-77'] }],
  ['accounts', 'huaxin', { name: '华信', owners: [{ repId: 'rep-2' }], domains: ['huaxin.example'] }],
  [
    'contacts',
    'acme-1',
    {
      name: 'Contact One',
      accounts: [{ accountId: 'acme' }],
      emails: ['one@acme.example'],
      phones: ['+4930123456'],
      handles: ['github:acme-one'],
    },
  ],
  ['contacts', 'huaxin-1', { accounts: [{ accountId: 'huaxin' }], emails: ['yi@huaxin.example'] }],
  [
    'talk-tracks',
    'new-policy',
    {
      phrases: ['your rate is locked for two years', '两年内锁定费率'],
      triggers: ['renewal', '续约'],
    },
  ],
  [
    'talk-tracks',
    'greeting-en',
    { language: 'en', phrases: ['welcome to the programme', 'glad to have you'], quorum: 2 },
  ],
  ['glossary', 'sso', { term: 'single sign-on', aliases: ['SSO', 's s o'], isTechnical: true }],
];

/** A directory and a vocabulary of two reps, two accounts, two talk-tracks and a term. */
export function knowledge(): Knowledge {
  const directory = new Directory();
  const vocabulary = new Vocabulary();
  for (const [kind, id, body] of entries) put({ directory, vocabulary }, kind, id, body);
  return { directory, vocabulary, analyzer: wordAnalyzer };
}

/** Puts an entry as the API would. */
export function put(
  to: Pick<Knowledge, 'directory' | 'vocabulary'>,
  kind: ReferenceKind,
  id: string,
  body: object,
): void {
  const { key, name: type, value } = toRecord(kind, id, body);
  const table = type === 'TalkTrack' || type === 'GlossaryEntry' ? to.vocabulary : to.directory;
  table.put(key, { type, value } as Parameters<Directory['put']>[1]);
}

export const party = (fields: Partial<Party>): Party => ({
  role: 'other',
  speaker: null,
  repId: null,
  contactId: null,
  accountId: null,
  email: null,
  phone: null,
  handle: null,
  name: null,
  ...fields,
});

export const rep1 = party({ role: 'rep', speaker: 'rep', email: 'rep-1@vendor.example' });
export const rep2 = party({ role: 'rep', speaker: 'rep', repId: 'rep-2' });
export const acme1 = party({ role: 'customer', speaker: 'customer', email: 'one@acme.example' });
export const huaxin1 = party({ role: 'customer', speaker: 'customer', contactId: 'huaxin-1' });
export const stranger = party({ role: 'customer', speaker: 'customer', email: 'who@elsewhere.example' });

const envelope = (source: string, channel: string) => ({
  eventId: `${source}:1`,
  source,
  id: '1',
  occurredAt: t0,
  receivedAt: t0 + 1000,
  channel,
  language: null,
  threadId: null,
  leadId: null,
  opportunityId: null,
  via: 'http',
  keyId: null,
  payloadType: 'application/json',
  payload: Buffer.from('{}'),
});

/** A call of ten minutes; each line of `said` is `speaker: words`, one every ten seconds. */
export const call = (said: readonly string[], fields: Partial<CallTouchpoint> = {}): CallTouchpoint => ({
  ...envelope('calls', 'call'),
  endedAt: t0 + 600_000,
  direction: 'inbound',
  recogniser: null,
  parties: [rep1, acme1],
  utterances: said.map((line, index) => {
    const [speaker = '', ...words] = line.split(': ');
    return { speaker, startMs: index * 10_000, endMs: index * 10_000 + 8000, text: words.join(': ') };
  }),
  ...fields,
});

export const mail = (fields: Partial<EmailTouchpoint>): EmailTouchpoint => ({
  ...envelope('emails', 'email'),
  messageId: null,
  inReplyTo: null,
  references: [],
  from: acme1,
  to: [rep1],
  cc: [],
  subject: '',
  text: '',
  isAutoReply: false,
  attachments: [],
  defects: [],
  ...fields,
});

export const post = (fields: Partial<ForumTouchpoint>): ForumTouchpoint => ({
  ...envelope('forum', 'forum'),
  community: 'github:acme/widget',
  postId: '1',
  kind: 'post',
  action: 'created',
  url: null,
  title: null,
  text: '',
  author: party({ handle: 'github:acme-one' }),
  ...fields,
});

export const read = (fields: Partial<KnowledgeTouchpoint>): KnowledgeTouchpoint => ({
  ...envelope('knowledge', 'knowledge'),
  reader: rep1,
  pageId: 'kb-7',
  pageTitle: null,
  activeSeconds: 40,
  query: null,
  ...fields,
});

export const crm = (fields: Partial<CrmTouchpoint>): CrmTouchpoint => ({
  ...envelope('crm', 'crm'),
  type: 'lead-created',
  by: 'human',
  parties: [],
  isPersonalised: null,
  subject: null,
  text: '',
  fields: {},
  ...fields,
});

type Expected = Pick<Signal, 'kind'> & Partial<Signal> & { readonly position: string };

/** A whole signal from what a test wants to say; the rest is null or empty. */
export const signal = (eventId: string, { position, ...fields }: Expected): Signal => ({
  id: signalId(eventId, fields.kind, position),
  occurredAt: t0,
  channel: null,
  accountId: null,
  contactId: null,
  repId: null,
  teamId: null,
  regionId: null,
  leadId: null,
  opportunityId: null,
  measures: {},
  labels: {},
  eventId,
  ...fields,
});

/** Fields of a signal about acme's first contact, held by its owner. */
export const ofAcme = {
  accountId: 'acme',
  contactId: 'acme-1',
  repId: 'rep-1',
  teamId: 'team-a',
  regionId: 'north',
} as const;

/** Fields of a signal about huaxin's first contact, held by its owner, whose team is in no region. */
export const ofHuaxin = { accountId: 'huaxin', contactId: 'huaxin-1', repId: 'rep-2', teamId: 'team-b' } as const;
