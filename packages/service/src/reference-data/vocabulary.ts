import { z } from 'zod';
import { languageField, listOf, nameField } from './fields.ts';

const phraseField = z
  .string()
  .trim()
  .max(300)
  .regex(/[\p{L}\p{N}]/u, 'expected at least one word');

/**
 * Bodies of `PUT /v1/vocabulary/{kind}/{id}` and entries (with `id`) of vocabulary files, by kind. A talk-track without
 * a title is called by its id. `quorum` distinct phrases in one touchpoint make one use. Unknown fields are refused.
 */
export const vocabularyShapes = {
  'talk-tracks': z
    .strictObject({
      title: nameField.optional(),
      language: languageField,
      phrases: listOf(phraseField).refine((phrases) => phrases.length > 0, 'expected at least one phrase'),
      quorum: z.int().min(1).default(1),
      triggers: listOf(phraseField),
    })
    .refine((track) => track.phrases.length === 0 || track.quorum <= track.phrases.length, {
      path: ['quorum'],
      message: 'expected at most the number of phrases',
    }),
  glossary: z.strictObject({
    term: phraseField,
    language: languageField,
    aliases: listOf(phraseField),
    isTechnical: z.boolean().default(false),
  }),
} as const;

export type VocabularyKind = keyof typeof vocabularyShapes;
