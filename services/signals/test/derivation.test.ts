import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Decoded, isResonantError } from '@resonant/contracts';
import { deriveSignals } from '../src/derivation.ts';
import { destinationsOf } from '../src/routing.ts';
import { signalId } from '../src/signal.ts';
import { call, crm, knowledge, mail, post, read, signal } from './knowledge.ts';

const touchpoints: readonly Decoded[] = [
  { type: 'CallTouchpoint', value: call(['rep: renewal', 'customer: terrible API please'], { direction: 'outbound' }) },
  { type: 'EmailTouchpoint', value: mail({ text: 'terrible API please' }) },
  { type: 'ForumTouchpoint', value: post({ text: '糟糕的接口，请帮忙' }) },
  { type: 'KnowledgeTouchpoint', value: read({}) },
  { type: 'CrmTouchpoint', value: crm({ leadId: 'lead-1' }) },
];

describe('deriving signals', () => {
  test('gives the same signals every time, each with an id of its own', () => {
    const signals = touchpoints.flatMap((touchpoint) => deriveSignals(touchpoint, knowledge()).signals);
    expect(touchpoints.flatMap((touchpoint) => deriveSignals(touchpoint, knowledge()).signals)).toEqual(signals);
    // Call: sentiment, two intents, two eligible calls, touch; mail and post: sentiment, two intents; read; lead.
    expect(signals.length).toBe(6 + 3 + 3 + 1 + 1);
    expect(new Set(signals.map(({ id }) => id)).size).toBe(signals.length);
  });

  test('makes ids of event id, kind and position', () => {
    const hash = createHash('sha256').update('calls:1\ntouch\nacme').digest('hex');
    expect(signalId('calls:1', 'touch', 'acme')).toBe(hash.slice(0, 32));
  });

  test('refuses a record that is no touchpoint', () => {
    const derive = () => deriveSignals({ type: 'Tick', value: { at: 0 } }, knowledge());
    expect(derive).toThrow('expected a touchpoint, got a Tick record');
    try {
      derive();
    } catch (error) {
      expect(isResonantError(error, 'unprocessable-touchpoint')).toBe(true);
    }
  });
});

describe('routing', () => {
  const at = (fields: object) =>
    destinationsOf(signal('calls:1', { kind: 'touch', position: '0', ...fields })).map(
      ({ keyspace, key }) => `${keyspace}:${key}`,
    );

  test('sends a signal to every keyspace whose key it has', () => {
    expect(at({ accountId: 'a', teamId: 't', regionId: 'r', leadId: 'l' })).toEqual([
      'account:a',
      'team:t',
      'region:r',
      'lead:l',
    ]);
    expect(at({ leadId: 'l', repId: 'rep-1' })).toEqual(['lead:l']);
  });

  test('sends a signal without any key nowhere', () => {
    expect(at({ repId: 'rep-1', contactId: 'c' })).toEqual([]);
  });
});
