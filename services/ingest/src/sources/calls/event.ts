import { z } from 'zod';
import { envelopeShape, instantField, partyField, shortText } from '../fields.ts';

const dayMs = 24 * 3600 * 1000;
const offsetMs = z.number().int().min(0).max(dayMs);

const utterance = z
  .strictObject({
    speaker: z.string().min(1).max(256),
    startMs: offsetMs.meta({ description: 'start in milliseconds since occurredAt' }),
    endMs: offsetMs.meta({ description: 'end in milliseconds since occurredAt' }),
    text: z.string(),
  })
  .refine(({ startMs, endMs }) => endMs >= startMs, { path: ['endMs'], message: 'expected an end not before startMs' });

/** A call with its transcript. */
export const callEvent = z
  .strictObject({
    ...envelopeShape,
    endedAt: instantField.nullish().meta({ description: 'left out = end of the last utterance' }),
    direction: z.enum(['inbound', 'outbound']).meta({ description: 'seen from us' }),
    recogniser: shortText.nullish().meta({ description: 'which speech recogniser made the transcript' }),
    parties: z.array(partyField).min(1).max(100),
    utterances: z.array(utterance).max(20_000).default([]),
  })
  .refine(({ occurredAt, endedAt }) => endedAt == null || endedAt >= occurredAt, {
    path: ['endedAt'],
    message: 'expected an instant not before occurredAt',
  })
  .meta({ title: 'CallEvent', description: 'A call with its transcript as a speech recogniser heard it' });
