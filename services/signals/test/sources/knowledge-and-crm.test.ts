import { describe, expect, test } from '@jest/globals';
import type { CrmTouchpoint, KnowledgeTouchpoint, Signal } from '@resonant/contracts';
import { signalsOfCrm } from '../../src/sources/crm.ts';
import { signalsOfKnowledge } from '../../src/sources/knowledge.ts';
import { acme1, crm, huaxin1, knowledge, ofAcme, ofHuaxin, read, rep1, rep2, signal, stranger } from '../knowledge.ts';

describe('signals of a page read', () => {
  const of = (fields: Parameters<typeof signal>[1]): Signal =>
    signal('knowledge:1', { channel: 'knowledge', ...fields });
  const cases: readonly [string, KnowledgeTouchpoint, readonly Signal[]][] = [
    [
      'how long a rep read which page',
      read({ query: 'API' }),
      [
        of({
          kind: 'kb-read',
          position: '0',
          repId: 'rep-1',
          teamId: 'team-a',
          regionId: 'north',
          measures: { activeSeconds: 40 },
          labels: { page: 'kb-7' },
        }),
      ],
    ],
    [
      'what a customer wants who searched in Chinese, and no read',
      read({ reader: huaxin1, query: '接口怎么配置' }),
      [
        of({
          kind: 'intent',
          position: '0/technical-consultation',
          ...ofHuaxin,
          measures: { probability: 0.875 },
          labels: { intent: 'technical-consultation' },
        }),
      ],
    ],
  ];
  test.each(cases)('say %s', (_, touchpoint, expected) => {
    expect(signalsOfKnowledge(touchpoint, knowledge()).signals).toEqual(expected);
  });

  test.each<[string, Partial<KnowledgeTouchpoint>, string]>([
    ['a stranger', { reader: stranger }, 'unknown-party'],
    ['a customer who did not search', { reader: acme1 }, 'no-fact'],
    ['a customer whose search asks for nothing', { reader: acme1, query: 'prices' }, 'no-fact'],
  ])('are none for %s', (_, fields, silence) => {
    expect(signalsOfKnowledge(read(fields), knowledge())).toEqual({ signals: [], silence });
  });
});

describe('signals of a CRM event', () => {
  const of = (fields: Parameters<typeof signal>[1]): Signal =>
    signal('crm:1', { channel: 'crm', leadId: 'lead-1', ...fields });
  const cases: readonly [string, CrmTouchpoint, readonly Signal[]][] = [
    [
      'a lead of a prospect whom nobody knows',
      crm({ leadId: 'lead-1', parties: [stranger] }),
      [of({ kind: 'lead-created', position: '0' })],
    ],
    [
      'a lead of a known account, with its owner',
      crm({ leadId: 'lead-1', parties: [huaxin1], text: '糟糕' }),
      [of({ kind: 'lead-created', position: '0', ...ofHuaxin })],
    ],
    [
      'an automatic answer',
      crm({ type: 'lead-response', leadId: 'lead-1', by: 'auto', parties: [rep1, acme1], text: 'Contact One' }),
      [of({ kind: 'lead-response', position: '0', ...ofAcme, labels: { by: 'auto' } })],
    ],
    [
      'a human answer, and the touch it is by the word of the sender',
      crm({ type: 'lead-response', leadId: 'lead-1', parties: [rep2, acme1], isPersonalised: true }),
      [
        of({
          kind: 'lead-response',
          position: '0',
          accountId: 'acme',
          contactId: 'acme-1',
          repId: 'rep-2',
          teamId: 'team-b',
          labels: { by: 'human' },
        }),
        of({
          kind: 'touch',
          position: '0',
          accountId: 'acme',
          contactId: 'acme-1',
          repId: 'rep-2',
          teamId: 'team-b',
          labels: { personalised: 'yes' },
        }),
      ],
    ],
    [
      'a human answer of which no words came along as no touch',
      crm({ type: 'lead-response', leadId: 'lead-1', parties: [rep1, acme1] }),
      [of({ kind: 'lead-response', position: '0', ...ofAcme, labels: { by: 'human' } })],
    ],
  ];
  test.each(cases)('say %s', (_, touchpoint, expected) => {
    expect(signalsOfCrm(touchpoint, knowledge()).signals).toEqual(expected);
  });

  test.each<[string, Partial<CrmTouchpoint>, string]>([
    ['a note', { type: 'note', leadId: 'lead-1', text: 'terrible' }, 'no-fact'],
    ['a change of stage', { type: 'stage-change', leadId: 'lead-1' }, 'no-fact'],
    ['a lead without its id', { leadId: null }, 'no-lead'],
  ])('are none for %s', (_, fields, silence) => {
    expect(signalsOfCrm(crm(fields), knowledge())).toEqual({ signals: [], silence });
  });
});
