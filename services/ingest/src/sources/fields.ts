import { z } from 'zod';

const control = /\p{Cc}/u;

/** An id as the sender made it: 1–256 characters, no control characters. */
export const idField = z
  .string()
  .min(1)
  .max(256)
  .refine((text) => !control.test(text), 'expected an id without control characters');

export const shortText = z.string().max(1000);

/** ISO 8601 with `Z` or an offset → epoch ms. */
export const instantField = z.iso
  .datetime({ offset: true, error: 'expected an ISO 8601 instant with Z or an offset, e.g. 2026-03-03T09:00:00+08:00' })
  .transform((text) => Date.parse(text));

/** Lower case. */
const emailField = z
  .string()
  .transform((text) => text.trim().toLowerCase())
  .refine((text) => /^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 320, 'expected an e-mail address');

/** E.164; spaces, dots, dashes and brackets are taken out, a leading 00 becomes +. */
const phoneField = z
  .string()
  .transform((text) => text.replaceAll(/[\s().\-/]/g, '').replace(/^00/, '+'))
  .refine(
    (text) => /^\+[1-9]\d{4,14}$/.test(text),
    'expected a phone number with its country code, e.g. +8613800138000',
  );

/** `platform:name`, lower case. */
export const handleField = z
  .string()
  .max(256)
  .regex(/^[a-z0-9-]+:\S+$/i, 'expected platform:name, e.g. github:octocat')
  .transform((text) => text.toLowerCase());

/** `en` and `zh` with or without region are taken over; any other language is left to the detection. */
const languageField = z
  .string()
  .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$/, 'expected a language tag, e.g. en or zh-CN')
  .transform((tag) => tag.slice(0, 2).toLowerCase())
  .transform((language) => (language === 'en' || language === 'zh' ? language : null));

/** What every event may carry beside its own fields. Optional fields may be left out or null. */
export const envelopeShape = {
  id: idField.meta({ description: 'the sender’s own id: the same id is the same event' }),
  occurredAt: instantField.meta({ description: 'when it happened; at most 5 minutes ahead' }),
  language: languageField.nullish().meta({ description: 'language of the texts; left out = detected' }),
  threadId: idField.nullish().meta({ description: 'thread or conversation; keeps its events in order' }),
  leadId: idField.nullish().meta({ description: 'lead this belongs to' }),
  opportunityId: idField.nullish().meta({ description: 'opportunity this belongs to' }),
};

/** Someone who took part: any hint helps, the directory turns hints into accounts, contacts and reps. */
export const partyField = z.strictObject({
  role: z.enum(['rep', 'customer', 'other']).default('other').meta({ description: 'other = let the directory decide' }),
  speaker: z.string().min(1).max(256).nullish().meta({ description: 'label of this party in the transcript' }),
  repId: idField.nullish(),
  contactId: idField.nullish(),
  accountId: idField.nullish(),
  email: emailField.nullish(),
  phone: phoneField.nullish(),
  handle: handleField.nullish(),
  name: shortText.nullish(),
});
