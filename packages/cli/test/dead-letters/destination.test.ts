import { describe, expect, test } from '@jest/globals';
import type { DeadLetter } from '@resonant/contracts';
import { destinationOf } from '../../src/dead-letters/destination.ts';

const letter = (over: Partial<DeadLetter>): DeadLetter => ({
  deadLetterId: 'id-1',
  source: 'emails',
  origin: 'resonant.inbound.emails.v1/3/7',
  reason: 'malformed-body',
  detail: 'no JSON',
  at: 0,
  mediaType: 'application/json',
  key: Buffer.from('k'),
  headers: { trace: Buffer.from('x') },
  payload: Buffer.from('{'),
  ...over,
});

describe('a dead letter goes back to whoever refused it', () => {
  test('one from an inbound topic to that topic, by its key', () => {
    expect(destinationOf(letter({}))).toEqual({
      kind: 'ingest',
      source: 'emails',
      record: {
        topic: 'resonant.inbound.emails.v1',
        key: Buffer.from('k'),
        value: Buffer.from('{'),
        headers: { trace: Buffer.from('x'), 'resonant-dead-letter': 'id-1' },
      },
    });
  });

  test('a webhook’s body to the inbound topic of its source, with its route and media type', () => {
    const origin = '/v1/webhooks/github/community#req-1';
    expect(destinationOf(letter({ source: 'forum', origin, key: null, mediaType: 'text/x' }))).toEqual({
      kind: 'ingest',
      source: 'forum',
      record: {
        topic: 'resonant.inbound.forum.v1',
        key: null,
        value: Buffer.from('{'),
        headers: {
          trace: Buffer.from('x'),
          'resonant-dead-letter': 'id-1',
          'content-type': 'text/x',
          'resonant-route': '/v1/webhooks/github/community',
        },
      },
    });
  });

  test.each([
    ['signals', 'resonant.touchpoints.calls.v1/2/9', 'resonant.touchpoints.calls.v1', 2],
    ['processor', 'resonant.signals.lead.v1/0/1', 'resonant.signals.lead.v1', 0],
  ])('what %s could not decode to the partition it stood in', (source, origin, topic, partition) => {
    const found = destinationOf(letter({ source, origin }));
    expect(found).toMatchObject({ kind: 'topic', record: { topic, partition, key: Buffer.from('k') } });
  });

  test.each([
    ['history', 'resonant.signals.lead.v1/0/1', /every other reader has this record/],
    ['history', 'resonant.alerts.v1/0/1', /every other reader has this record/],
    ['processor', 'resonant.alerts.v1/0/1', /nobody takes records from resonant\.alerts\.v1\/0\/1 again/],
    ['nobody', 'somewhere', /nobody takes records from somewhere again/],
  ])('of %s from %s to nowhere, and it says why', (source, origin, reason) => {
    expect(destinationOf(letter({ source, origin }))).toEqual({
      kind: 'none',
      reason: expect.stringMatching(reason),
    });
  });
});
