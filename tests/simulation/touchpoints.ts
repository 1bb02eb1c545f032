import type {
  CallTouchpoint,
  CrmTouchpoint,
  EmailTouchpoint,
  ForumTouchpoint,
  Party,
  Records,
  Source,
  touchpointRecordOf,
} from '@resonant/contracts';
import type { SeededRandom } from '@resonant/kafka';
import { accounts, policyPhrase, reps } from './scenario.ts';

/** A touchpoint that upstream will send. */
export type Upstream = {
  readonly [S in Source]: { readonly source: S; readonly value: Records[ReturnType<typeof touchpointRecordOf<S>>] };
}[Source];

const party = (fields: Partial<Party>): Party => ({
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

const envelope = <S extends Source>(source: S, id: string, channel: string, occurredAt: number) => ({
  eventId: `${source}:${id}`,
  source,
  id,
  occurredAt,
  receivedAt: occurredAt,
  channel,
  language: 'en',
  threadId: null,
  leadId: null,
  opportunityId: null,
  via: 'http',
  keyId: null,
  payloadType: 'application/json',
  payload: Buffer.from('{}'),
});

const crm = (id: string, at: number, fields: Partial<CrmTouchpoint>): CrmTouchpoint => ({
  ...envelope('crm', id, 'crm', at),
  type: 'lead-created',
  by: 'human',
  parties: [],
  isPersonalised: null,
  subject: null,
  text: '',
  fields: {},
  ...fields,
});

export const leadCreated = (id: string, leadId: string, at: number): Upstream => ({
  source: 'crm',
  value: crm(id, at, { leadId }),
});

export const leadAnswered = (id: string, leadId: string, at: number): Upstream => ({
  source: 'crm',
  value: crm(id, at, { type: 'lead-response', leadId }),
});

/** A customer's post: a complaint, or nothing much. */
export const post = (id: string, accountId: string, text: string, at: number): Upstream => ({
  source: 'forum',
  value: {
    ...envelope('forum', id, 'forum', at),
    community: 'github:v/widget',
    postId: id,
    kind: 'post',
    action: 'created',
    url: null,
    title: null,
    text,
    author: party({ handle: `github:${accountId}` }),
  } satisfies ForumTouchpoint,
});

/** A mail between a rep and a customer. */
export const mail = (id: string, from: 'rep' | 'customer', accountId: string, text: string, at: number): Upstream => {
  const rep = party({ role: 'rep', email: 'rep-1@v.example' });
  const customer = party({ role: 'customer', email: `one@${accountId}.example` });
  return {
    source: 'emails',
    value: {
      ...envelope('emails', id, 'email', at),
      messageId: null,
      inReplyTo: null,
      references: [],
      from: from === 'rep' ? rep : customer,
      to: [from === 'rep' ? customer : rep],
      cc: [],
      subject: '',
      text,
      isAutoReply: false,
      attachments: [],
      defects: [],
    } satisfies EmailTouchpoint,
  };
};

/** A call of twenty seconds in which the rep says `words`. */
export const call = (id: string, repId: string, accountId: string, words: string, at: number): Upstream => ({
  source: 'calls',
  value: {
    ...envelope('calls', id, 'call', at),
    endedAt: at + 20_000,
    direction: 'inbound',
    recogniser: null,
    parties: [
      party({ role: 'rep', speaker: 'rep', repId }),
      party({ role: 'customer', speaker: 'customer', email: `one@${accountId}.example` }),
    ],
    utterances: [{ speaker: 'rep', startMs: 5000, endMs: 9000, text: words }],
  } satisfies CallTouchpoint,
});

/** One thing that happens upstream: what, and how long after it happened it is sent. */
export interface Happening {
  readonly touchpoint: Upstream;
  readonly sendAt: number;
}

/** What comes of one visit to the sources at `now`; a lead brings its later answer along. */
export function happenings(random: SeededRandom, id: string, now: number): readonly Happening[] {
  const account = random.pick(accounts);
  const late = random.chance(0.25) ? random.between(1000, 90_000) : 0;
  const one = (touchpoint: Upstream): readonly Happening[] => [{ touchpoint, sendAt: now + late }];
  switch (random.between(0, 7)) {
    case 0:
    case 1: {
      const created = { touchpoint: leadCreated(`${id}a`, `lead-${id}`, now), sendAt: now };
      if (random.chance(0.4)) return [created];
      const answeredAt = now + random.between(1000, 120_000);
      return [created, { touchpoint: leadAnswered(`${id}b`, `lead-${id}`, answeredAt), sendAt: answeredAt + late }];
    }
    case 2:
    case 3:
      return one(post(id, account, random.chance(0.7) ? 'this is terrible' : 'all is well', now));
    case 4:
      return one(mail(id, 'customer', account, 'how do we call the API', now));
    case 5:
      return one(mail(id, 'rep', account, random.chance(0.5) ? `dear ${account} one` : 'dear customer', now));
    default: {
      const words = random.chance(0.4) ? policyPhrase : 'hello';
      return one(call(id, random.pick(reps), account, words, now - 20_000));
    }
  }
}
