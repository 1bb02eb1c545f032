import { parse } from '@resonant/service';
import { partyOf } from '../party.ts';
import { envelopeOf, type SourceDefinition } from '../source.ts';
import { emailEvent } from './event.ts';

/** E-mails in our own JSON. */
export const emails: SourceDefinition<'emails'> = {
  source: 'emails',
  event: emailEvent,
  example: {
    id: 'mail-4711',
    occurredAt: '2026-03-03T10:20:00Z',
    messageId: '<4711@acme.example>',
    from: { role: 'customer', email: 'buyer@acme.example' },
    to: [{ role: 'rep', email: 'rep-07@vendor.example' }],
    subject: 'Third outage this month',
    text: 'This is the third outage this month.',
  },
  touchpoint: (value, arrival) => {
    const event = parse(emailEvent, value, 'invalid-event');
    const root = event.references[0] ?? event.inReplyTo ?? event.messageId;
    return {
      ...envelopeOf('emails', 'email', { ...event, threadId: event.threadId ?? root }, arrival),
      messageId: event.messageId ?? null,
      inReplyTo: event.inReplyTo ?? null,
      references: event.references,
      from: partyOf(event.from),
      to: event.to.map(partyOf),
      cc: event.cc.map(partyOf),
      subject: event.subject.toWellFormed(),
      text: event.text.toWellFormed(),
      isAutoReply: event.isAutoReply,
      attachments: event.attachments.map(({ name, mediaType, size }) => ({ name: name ?? null, mediaType, size })),
      defects: [],
    };
  },
};
