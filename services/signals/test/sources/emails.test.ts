import { describe, expect, test } from '@jest/globals';
import type { EmailTouchpoint, Signal } from '@resonant/contracts';
import { signalsOfEmail } from '../../src/sources/emails.ts';
import { acme1, huaxin1, knowledge, mail, ofAcme, ofHuaxin, rep1, rep2, signal, stranger } from '../knowledge.ts';

const of = (fields: Parameters<typeof signal>[1]): Signal => signal('emails:1', { channel: 'email', ...fields });
const atRep1 = { repId: 'rep-1', teamId: 'team-a', regionId: 'north' } as const;

const cases: readonly [string, EmailTouchpoint, readonly Signal[]][] = [
  [
    'polarity and intents of subject and text together, in English',
    mail({ subject: 'terrible', text: 'please look at the API' }),
    [
      of({ kind: 'sentiment', position: '0', ...ofAcme, measures: { polarity: -0.75 }, labels: { language: 'en' } }),
      of({
        kind: 'intent',
        position: '0/technical-consultation',
        ...ofAcme,
        measures: { probability: 0.875 },
        labels: { intent: 'technical-consultation' },
      }),
      of({
        kind: 'intent',
        position: '0/request',
        ...ofAcme,
        measures: { probability: 0.75 },
        labels: { intent: 'request' },
      }),
    ],
  ],
  [
    'polarity and intents in Chinese, of a rep who was copied',
    mail({ from: huaxin1, to: [], cc: [rep1], text: '很好，请发接口文档' }),
    [
      of({
        kind: 'sentiment',
        position: '0',
        ...ofHuaxin,
        ...atRep1,
        measures: { polarity: 0.5 },
        labels: { language: 'zh' },
      }),
      of({
        kind: 'intent',
        position: '0/technical-consultation',
        ...ofHuaxin,
        ...atRep1,
        measures: { probability: 0.875 },
        labels: { intent: 'technical-consultation' },
      }),
      of({
        kind: 'intent',
        position: '0/request',
        ...ofHuaxin,
        ...atRep1,
        measures: { probability: 0.75 },
        labels: { intent: 'request' },
      }),
    ],
  ],
  [
    'a touch of each account and one mention of the talk-track',
    mail({
      from: rep1,
      to: [acme1, huaxin1, acme1, rep2, stranger],
      text: 'For Acme your rate is locked for two years, yes: your rate is locked for two years.',
    }),
    [
      of({ kind: 'touch', position: 'acme', ...ofAcme, labels: { personalised: 'yes' } }),
      of({ kind: 'touch', position: 'huaxin', ...ofHuaxin, ...atRep1, labels: { personalised: 'no' } }),
      of({ kind: 'talk-track-mention', position: 'new-policy', ...ofAcme, labels: { track: 'new-policy' } }),
    ],
  ],
  [
    'a human answer to a lead, in Chinese, and the touch that it is',
    mail({ from: rep2, to: [huaxin1], leadId: 'lead-1', opportunityId: 'deal-1', text: '华信的同事您好' }),
    [
      of({
        kind: 'lead-response',
        position: '0',
        ...ofHuaxin,
        leadId: 'lead-1',
        opportunityId: 'deal-1',
        labels: { by: 'human' },
      }),
      of({
        kind: 'touch',
        position: 'huaxin',
        ...ofHuaxin,
        leadId: 'lead-1',
        opportunityId: 'deal-1',
        labels: { personalised: 'yes' },
      }),
    ],
  ],
  [
    'an automatic answer to a lead that nobody knows yet, which touches nobody',
    mail({ from: rep1, to: [stranger], leadId: 'lead-1', isAutoReply: true, text: 'Out of office' }),
    [of({ kind: 'lead-response', position: '0', ...atRep1, leadId: 'lead-1', labels: { by: 'auto' } })],
  ],
];

describe('signals of a mail', () => {
  test.each(cases)('say %s', (_, touchpoint, expected) => {
    expect(signalsOfEmail(touchpoint, knowledge()).signals).toEqual(expected);
  });

  test.each<[string, Partial<EmailTouchpoint>, string]>([
    ['a stranger', { from: stranger, text: 'terrible' }, 'unknown-party'],
    ['a machine of the customer', { isAutoReply: true, text: 'terrible' }, 'auto-reply'],
    ['a machine of ours', { from: rep1, to: [acme1], isAutoReply: true }, 'auto-reply'],
    ['a mail without words', { subject: ' ', text: '' }, 'no-text'],
    ['colleagues, a lead or not', { from: rep1, to: [rep2], leadId: 'lead-1', text: 'your lead' }, 'internal'],
    ['a rep to a stranger', { from: rep1, to: [stranger], text: 'hello' }, 'unknown-party'],
  ])('are none from %s', (_, fields, silence) => {
    expect(signalsOfEmail(mail(fields), knowledge())).toEqual({ signals: [], silence });
  });
});
