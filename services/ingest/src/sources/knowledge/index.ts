import { parse } from '@resonant/service';
import { partyOf } from '../party.ts';
import { envelopeOf, type SourceDefinition } from '../source.ts';
import { knowledgeEvent } from './event.ts';

/** Reads of knowledge-base pages. */
export const knowledge: SourceDefinition<'knowledge'> = {
  source: 'knowledge',
  event: knowledgeEvent,
  example: {
    id: 'read-4711',
    occurredAt: '2026-03-03T12:00:00Z',
    reader: { role: 'rep', repId: 'rep-07' },
    pageId: 'new-policy',
    pageTitle: 'The new policy',
    activeSeconds: 41.5,
  },
  touchpoint: (value, arrival) => {
    const event = parse(knowledgeEvent, value, 'invalid-event');
    return {
      ...envelopeOf('knowledge', 'knowledge', event, arrival),
      reader: partyOf(event.reader),
      pageId: event.pageId,
      pageTitle: event.pageTitle?.toWellFormed() ?? null,
      query: event.query?.toWellFormed() ?? null,
      activeSeconds: event.activeSeconds,
    };
  },
};
