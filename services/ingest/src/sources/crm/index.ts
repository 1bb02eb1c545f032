import { parse } from '@resonant/service';
import { partyOf } from '../party.ts';
import { envelopeOf, type SourceDefinition } from '../source.ts';
import { crmEvent } from './event.ts';

/** Changes in the CRM. */
export const crm: SourceDefinition<'crm'> = {
  source: 'crm',
  event: crmEvent,
  example: {
    id: 'crm-4711',
    occurredAt: '2026-03-03T13:00:00Z',
    type: 'lead-created',
    leadId: 'lead-7',
    parties: [
      { role: 'rep', repId: 'rep-07' },
      { role: 'customer', accountId: 'acme' },
    ],
    subject: 'Trial asked for',
    fields: { stage: 'new', seats: 20 },
  },
  touchpoint: (value, arrival) => {
    const event = parse(crmEvent, value, 'invalid-event');
    const { type, by, channel, fields } = event;
    return {
      ...envelopeOf('crm', channel, event, arrival),
      type,
      by,
      parties: event.parties.map(partyOf),
      isPersonalised: event.isPersonalised ?? null,
      subject: event.subject?.toWellFormed() ?? null,
      text: event.text.toWellFormed(),
      fields,
    };
  },
};
