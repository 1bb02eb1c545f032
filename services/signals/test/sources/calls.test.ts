import { describe, expect, test } from '@jest/globals';
import type { CallTouchpoint, Signal } from '@resonant/contracts';
import { signalsOfCall } from '../../src/sources/calls.ts';
import {
  acme1,
  call,
  huaxin1,
  knowledge,
  ofAcme,
  ofHuaxin,
  party,
  put,
  rep1,
  rep2,
  signal,
  stranger,
  t0,
} from '../knowledge.ts';

const of = (fields: Parameters<typeof signal>[1]): Signal => signal('calls:1', { channel: 'call', ...fields });
const end = t0 + 600_000;
const zhParties = { parties: [rep2, huaxin1] };

const cases: readonly [string, CallTouchpoint, readonly Signal[]][] = [
  [
    'a complaint and a question in English, each at its own utterance',
    call(['rep: hello', 'customer: this is terrible', 'rep: sorry', 'customer: does the API do that']),
    [
      of({
        kind: 'sentiment',
        position: '1',
        occurredAt: t0 + 10_000,
        ...ofAcme,
        measures: { polarity: -0.75 },
        labels: { language: 'en' },
      }),
      of({
        kind: 'intent',
        position: '3/technical-consultation',
        occurredAt: t0 + 30_000,
        ...ofAcme,
        measures: { probability: 0.875 },
        labels: { intent: 'technical-consultation' },
      }),
    ],
  ],
  [
    'a complaint and a request in Chinese, over two utterances of one turn',
    call(['customer: 你们的服务真', 'customer: 糟糕', 'rep: 抱歉', 'customer: 请发一份'], zhParties),
    [
      of({ kind: 'sentiment', position: '0', ...ofHuaxin, measures: { polarity: -0.75 }, labels: { language: 'zh' } }),
      of({
        kind: 'intent',
        position: '3/request',
        occurredAt: t0 + 30_000,
        ...ofHuaxin,
        measures: { probability: 0.75 },
        labels: { intent: 'request' },
      }),
    ],
  ],
  [
    'of many moods the worst and the best, the first of equals',
    call(['customer: poor', 'rep: -', 'customer: terrible', 'rep: -', 'customer: great', 'rep: -', 'customer: great']),
    [
      of({
        kind: 'sentiment',
        position: '2',
        occurredAt: t0 + 20_000,
        ...ofAcme,
        measures: { polarity: -0.75 },
        labels: { language: 'en' },
      }),
      of({
        kind: 'sentiment',
        position: '4',
        occurredAt: t0 + 40_000,
        ...ofAcme,
        measures: { polarity: 0.5 },
        labels: { language: 'en' },
      }),
    ],
  ],
  [
    'the mean at the end where nothing stands out',
    call(['rep: hello', 'customer: yes', 'rep: fine', 'customer: yes']),
    [
      of({
        kind: 'sentiment',
        position: 'mean/customer',
        occurredAt: end,
        ...ofAcme,
        measures: { polarity: 0.125 },
        labels: { language: 'en' },
      }),
    ],
  ],
  [
    'an eligible call and the use of the talk-track over two utterances, in English',
    call(['rep: about the renewal', 'rep: your rate is', 'rep: locked for two years', 'customer: ']),
    [
      of({
        kind: 'eligible-call',
        position: 'new-policy',
        occurredAt: end,
        ...ofAcme,
        labels: { track: 'new-policy' },
      }),
      of({
        kind: 'talk-track',
        position: 'new-policy',
        occurredAt: t0 + 20_000,
        ...ofAcme,
        labels: { track: 'new-policy' },
      }),
    ],
  ],
  [
    'an eligible call and the use of the talk-track in Chinese, where the customer says the trigger',
    call(['customer: 续约的事', 'rep: 我们两年内锁定费率'], zhParties),
    [
      of({
        kind: 'sentiment',
        position: 'mean/customer',
        occurredAt: end,
        ...ofHuaxin,
        measures: { polarity: 0.125 },
        labels: { language: 'zh' },
      }),
      of({
        kind: 'eligible-call',
        position: 'new-policy',
        occurredAt: end,
        ...ofHuaxin,
        labels: { track: 'new-policy' },
      }),
      of({
        kind: 'talk-track',
        position: 'new-policy',
        occurredAt: t0 + 10_000,
        ...ofHuaxin,
        labels: { track: 'new-policy' },
      }),
    ],
  ],
  [
    'a talk-track in a call that is not eligible as a mention only',
    call(['rep: your rate is locked for two years'], { language: 'en' }),
    [of({ kind: 'talk-track-mention', position: 'new-policy', ...ofAcme, labels: { track: 'new-policy' } })],
  ],
  [
    'a personal touch at the end of a call that the rep made',
    call(['rep: good to hear you Contact One'], { direction: 'outbound' }),
    [of({ kind: 'touch', position: 'acme', occurredAt: end, ...ofAcme, labels: { personalised: 'yes' } })],
  ],
  [
    'a touch in Chinese that anyone could have got',
    call(['rep: 您好'], { direction: 'outbound', ...zhParties }),
    [of({ kind: 'touch', position: 'huaxin', occurredAt: end, ...ofHuaxin, labels: { personalised: 'no' } })],
  ],
  [
    'an answer to a lead that nobody knows yet, when the rep first speaks',
    call(['customer: hello', 'rep: hello'], { direction: 'outbound', leadId: 'lead-1', parties: [rep1, stranger] }),
    [
      of({
        kind: 'lead-response',
        position: '0',
        occurredAt: t0 + 10_000,
        repId: 'rep-1',
        teamId: 'team-a',
        regionId: 'north',
        leadId: 'lead-1',
        labels: { by: 'human' },
      }),
    ],
  ],
  [
    'the owner where no rep is known to have taken part',
    call(['customer: great'], { parties: [acme1] }),
    [of({ kind: 'sentiment', position: '0', ...ofAcme, measures: { polarity: 0.5 }, labels: { language: 'en' } })],
  ],
];

/** The talk-track of every English call stays out of the tables above. */
const withoutGreeting = () => {
  const all = knowledge();
  all.vocabulary.remove('talk-tracks/greeting-en');
  return all;
};

describe('signals of a call', () => {
  test.each(cases)('say %s', (_, touchpoint, expected) => {
    expect(signalsOfCall(touchpoint, withoutGreeting()).signals).toEqual(expected);
  });

  test('a talk-track without triggers is due in every call of its language, used only by its quorum', () => {
    const tracks = (touchpoint: CallTouchpoint) =>
      signalsOfCall(touchpoint, knowledge())
        .signals.filter(({ labels }) => labels.track === 'greeting-en')
        .map(({ kind, occurredAt }) => [kind, occurredAt]);
    expect(tracks(call(['rep: welcome to the programme', 'customer: hi', 'rep: welcome to the programme']))).toEqual([
      ['eligible-call', end],
    ]);
    expect(tracks(call(['rep: welcome to the programme', 'customer: hi', 'rep: glad to have you']))).toEqual([
      ['eligible-call', end],
      ['talk-track', t0 + 20_000],
    ]);
    expect(tracks(call(['customer: 您好'], zhParties))).toEqual([]);
  });

  test('words of the customer use no talk-track, words of the rep have no mood', () => {
    const { signals } = signalsOfCall(
      call(['rep: terrible, please, API', 'customer: your rate is locked for two years']),
      withoutGreeting(),
    );
    expect(signals.map(({ kind, measures }) => [kind, measures])).toEqual([['sentiment', { polarity: 0.125 }]]);
  });

  test('an hour of complaints makes two moods and one of each intent per customer', () => {
    const said = Array.from({ length: 400 }, (_, index) =>
      index % 2 === 0
        ? `rep: well ${index}`
        : `customer: ${index % 4 === 1 ? 'terrible' : 'great'} API please ${index}`,
    );
    const { signals } = signalsOfCall(call(said), withoutGreeting());
    expect(signals.map(({ kind, labels }) => labels.intent ?? kind)).toEqual([
      'sentiment',
      'sentiment',
      'technical-consultation',
      'request',
    ]);
  });

  test('each customer on the line is judged alone', () => {
    const other = party({ role: 'customer', speaker: 'guest', contactId: 'huaxin-1' });
    const { signals } = signalsOfCall(
      call(['customer: great', 'guest: terrible'], { parties: [rep1, acme1, other] }),
      withoutGreeting(),
    );
    expect(signals.map(({ accountId, repId, measures }) => [accountId, repId, measures.polarity])).toEqual([
      ['acme', 'rep-1', 0.5],
      ['huaxin', 'rep-1', -0.75],
    ]);
  });

  test('a transcript that runs on after the end of the call counts at that end', () => {
    const { signals } = signalsOfCall(call(['rep: -', 'customer: great'], { endedAt: t0 + 5000 }), withoutGreeting());
    expect(signals.map(({ occurredAt }) => occurredAt)).toEqual([t0 + 5000]);
  });

  test('the glossary is folded into talk-tracks and questions', () => {
    const all = withoutGreeting();
    put(all, 'talk-tracks', 'sso', { phrases: ['we support SSO in every plan'] });
    const { signals } = signalsOfCall(
      call(['customer: how do i set up s s o', 'rep: we support single sign-on in every plan'], { language: 'en' }),
      all,
    );
    expect(signals.map(({ kind, measures }) => [kind, measures])).toEqual([
      ['sentiment', { polarity: 0.125 }],
      ['intent', { probability: 0.9 }],
      ['eligible-call', {}],
      ['talk-track', {}],
    ]);
  });

  test.each<[string, Partial<CallTouchpoint>, string]>([
    ['a customer whom nobody knows', { parties: [rep1, stranger] }, 'unknown-party'],
    ['reps among themselves', { parties: [rep1, rep2] }, 'internal'],
    ['a customer with no words at all', { parties: [acme1], utterances: [] }, 'no-text'],
  ])('are none for %s', (_, fields, silence) => {
    expect(signalsOfCall(call(['customer: terrible'], fields), withoutGreeting())).toEqual({ signals: [], silence });
  });
});
