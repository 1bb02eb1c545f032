import { parse } from '@resonant/service';
import type { z } from 'zod';
import { partyOf } from '../party.ts';
import { envelopeOf, notAhead, type SourceDefinition } from '../source.ts';
import { callEvent } from './event.ts';

type CallEvent = z.output<typeof callEvent>;

/** Calls: transcripts of a speech recogniser. */
export const calls: SourceDefinition<'calls'> = {
  source: 'calls',
  event: callEvent,
  example: {
    id: 'call-4711',
    occurredAt: '2026-03-03T09:00:00Z',
    direction: 'outbound',
    recogniser: 'asr-2',
    parties: [
      { role: 'rep', speaker: 'A', repId: 'rep-07' },
      { role: 'customer', speaker: 'B', phone: '+49 30 123456' },
    ],
    utterances: [
      { speaker: 'A', startMs: 0, endMs: 2400, text: 'good morning this is about your renewal' },
      { speaker: 'B', startMs: 2600, endMs: 5200, text: 'how many requests per second can the api take' },
    ],
  },
  touchpoint: (value, arrival) => {
    const event = parse(callEvent, value, 'invalid-event');
    const endedAt = notAhead(endOf(event), arrival.receivedAt, 'the end of the call');
    return {
      ...envelopeOf('calls', 'call', event, arrival),
      endedAt,
      direction: event.direction,
      recogniser: event.recogniser ?? null,
      parties: partiesOf(event),
      utterances: event.utterances
        .map((utterance) => ({ ...utterance, text: utterance.text.toWellFormed() }))
        .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs),
    };
  },
};

/** Recognisers go on after the dialler said that it is over: the later of both is the end. */
const endOf = ({ occurredAt, endedAt, utterances }: CallEvent): number =>
  utterances.reduce((end, { endMs }) => Math.max(end, occurredAt + endMs), endedAt ?? occurredAt);

/** Those named, and a party without hints for each speaker that nobody named. */
function partiesOf({ parties, utterances }: CallEvent) {
  const named = new Set(parties.map(({ speaker }) => speaker));
  const unnamed = new Set(utterances.map(({ speaker }) => speaker).filter((speaker) => !named.has(speaker)));
  return [...parties.map(partyOf), ...[...unnamed].map((speaker) => partyOf({ speaker }))];
}
