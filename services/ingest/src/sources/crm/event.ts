import { z } from 'zod';
import { envelopeShape, partyField } from '../fields.ts';

const fieldValue = z
  .union([z.string(), z.number(), z.boolean()])
  .transform((value) => String(value).toWellFormed())
  .meta({ description: 'kept as text' });

/** A change in the CRM. */
export const crmEvent = z
  .strictObject({
    ...envelopeShape,
    type: z.enum(['lead-created', 'lead-response', 'note', 'stage-change']),
    by: z.enum(['human', 'auto']).default('human').meta({ description: 'who did it' }),
    channel: z
      .enum(['call', 'email', 'forum', 'knowledge', 'crm'])
      .default('crm')
      .meta({ description: 'channel the customer used' }),
    parties: z.array(partyField).max(100).default([]).meta({ description: 'whom it concerns' }),
    isPersonalised: z.boolean().nullish().meta({ description: 'left out = judged from the text' }),
    subject: z.string().max(10_000).nullish(),
    text: z.string().default(''),
    fields: z.record(z.string().max(256), fieldValue).default({}).meta({ description: 'further fields of the object' }),
  })
  .refine(({ type, leadId }) => !type.startsWith('lead-') || leadId != null, {
    path: ['leadId'],
    message: 'expected the lead: lead-created and lead-response are about one',
  })
  .meta({ title: 'CrmEvent', description: 'A change in the CRM' });
