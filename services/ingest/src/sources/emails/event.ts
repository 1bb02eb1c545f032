import { z } from 'zod';
import { envelopeShape, idField, partyField, shortText } from '../fields.ts';

/** Angle brackets around a message id are taken off. */
const messageIdField = z
  .string()
  .max(998)
  .transform((text) => text.trim().replace(/^<(.*)>$/, '$1'))
  .refine((text) => text !== '', 'expected a message id');

/** An e-mail in our own JSON; as `message/rfc822` the same route takes the mail itself. */
export const emailEvent = z
  .strictObject({
    ...envelopeShape,
    messageId: messageIdField.nullish(),
    inReplyTo: messageIdField.nullish(),
    references: z.array(messageIdField).max(1000).default([]).meta({ description: 'message ids, oldest first' }),
    from: partyField,
    to: z.array(partyField).max(1000).default([]),
    cc: z.array(partyField).max(1000).default([]),
    subject: z.string().max(10_000).default(''),
    text: z.string().meta({ description: 'plain text without quoted earlier mails' }),
    isAutoReply: z.boolean().default(false).meta({ description: 'written by a machine' }),
    attachments: z
      .array(
        z.strictObject({
          name: shortText.nullish(),
          mediaType: shortText.default('application/octet-stream'),
          size: z.number().int().min(0),
        }),
      )
      .max(1000)
      .default([]),
  })
  .meta({ title: 'EmailEvent', description: 'An e-mail' });

/** What the URL may add to a mail in `message/rfc822`, which has no place for it. */
export const mailQuery = z.strictObject({ leadId: idField.optional(), opportunityId: idField.optional() });
