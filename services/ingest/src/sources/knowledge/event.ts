import { z } from 'zod';
import { envelopeShape, idField, partyField, shortText } from '../fields.ts';

/** A page of the knowledge base that was read. */
export const knowledgeEvent = z
  .strictObject({
    ...envelopeShape,
    reader: partyField,
    pageId: idField,
    pageTitle: shortText.nullish(),
    query: z.string().max(10_000).nullish().meta({ description: 'what the reader searched for' }),
    activeSeconds: z
      .number()
      .min(0)
      .max(24 * 3600)
      .meta({ description: 'time with the page in front and the reader active' }),
  })
  .meta({ title: 'KnowledgeEvent', description: 'A page of the knowledge base that was read' });
