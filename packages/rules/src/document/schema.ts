import { decimalOf } from '@resonant/engine';
import { z } from 'zod';
import { parseDuration, parseTimeOfDay } from '../durations.ts';
import { isZoneName } from './zone-name.ts';

export const subjectFields = [
  'accountId',
  'contactId',
  'repId',
  'teamId',
  'regionId',
  'leadId',
  'opportunityId',
  'channel',
] as const;
const labelField = /^labels\..+$/;

const positive = /[1-9]/;
const aDuration = 'a duration such as 90s, 15m, 2h, 28d';
// What refinements ask for is repeated as `meta`: the JSON Schema made from this definition (json-schema.ts) shows it.
/** Behind it an instant could leave what a date can hold, and what history stores; a century is enough for any rule. */
const longest = { days: 36_500, weeks: 5_200 };
const anyDuration = z
  .string(aDuration)
  .refine((text) => parseDuration(text) !== undefined, aDuration)
  .refine(isShort, `a duration of at most ${longest.days}d`);
const durationMeta = `${aDuration}, at most ${longest.days}d`;
const duration = anyDuration.meta({ description: durationMeta, pattern: '^\\d+(ms|s|m|h|d)$' });
const length = anyDuration
  .refine((text) => positive.test(text), 'a duration longer than 0')
  .meta({ description: `${durationMeta}, longer than 0`, pattern: '^\\d*[1-9]\\d*(ms|s|m|h|d)$' });
const decimal = z.number().refine((value) => decimalOf(value).scale <= 6, 'a decimal of at most six places');
const share = decimal
  .refine((value) => value > 0 && value < 1, 'a decimal between 0 and 1, neither included')
  .meta({ exclusiveMinimum: 0, exclusiveMaximum: 1 });
const count = (least: number) => z.int(`an integer ≥ ${least}`).min(least, `an integer ≥ ${least}`);
const field = z
  .string()
  .refine(
    (name) => (subjectFields as readonly string[]).includes(name) || labelField.test(name),
    `one of ${subjectFields.join(', ')}, labels.<name>`,
  )
  .meta(oneOf(subjectFields));
const textFields = ['id', 'kind', 'eventId', ...subjectFields];
const distinctField = z
  .string()
  .refine(
    (name) => textFields.includes(name) || labelField.test(name),
    `one of ${textFields.join(', ')}, labels.<name>`,
  )
  .meta(oneOf(textFields));
const timeOfDay = z
  .string()
  .refine((text) => parseTimeOfDay(text) !== undefined, 'a time of day such as 09:00')
  .meta({ description: 'a time of day such as 09:00', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$' });
const date = z
  .string()
  .refine(
    (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && isoDay(text) === text,
    'a date such as 2026-05-01',
  )
  .meta({ format: 'date' });
const isoDay = (text: string): string => new Date(`${text}T00:00:00Z`).toISOString().slice(0, 10);
const when = z.string().meta({
  description: "a CEL expression over one signal, such as kind == 'lead-created'",
  minLength: 1,
  maxLength: 4096,
});
const condition = z.strictObject({ when });
const texts = z.strictObject({ en: z.string().optional(), zh: z.string().optional() });
const noData = z.strictObject({
  policy: z.enum(['pause', 'reset', 'count']).default('pause'),
  limit: duration.optional(),
  close: duration.default('24h'),
});
const halfOpen = z.strictObject({ after: duration, trial: duration });
const breakerFields = {
  hold: duration.default('0s'),
  noData: noData.prefault({}),
  halfOpen: halfOpen.optional(),
  cooldown: duration.default('0s'),
};

const pair = z.strictObject({
  a: condition,
  b: condition,
  within: duration,
  distinct: z.array(distinctField).default([]),
  order: z.enum(['any', 'a-then-b']).default('any'),
  renotify: duration.default('0s'),
  strength: z.strictObject({
    residual: share,
    at: length,
    neglectFactor: decimal
      .refine((value) => value > 0, 'a decimal > 0')
      .meta({ exclusiveMinimum: 0 })
      .default(1),
    touch: condition.optional(),
    fading: share.optional(),
    expired: share,
    lift: decimal.default(1),
  }),
});

const ratio = z.strictObject({
  numerator: condition,
  denominator: condition,
  window: length,
  every: length,
  against: z.enum(['cohort', 'baseline', 'number']),
  cohort: z.strictObject({ by: z.array(field).meta({ minItems: 1 }), minMembers: count(0).default(1) }).optional(),
  baseline: z
    .strictObject({
      weeks: count(1).max(longest.weeks, `at most ${longest.weeks}`),
      minPoints: count(1).default(1),
      fallback: duration,
    })
    .optional(),
  number: decimal.optional(),
  side: z.enum(['below', 'above']),
  deviation: decimal.default(0),
  recover: decimal.default(0),
  minSamples: count(0).default(1),
  ...breakerFields,
});

const deadline = z.strictObject({ start: condition, stop: condition, within: duration });

const threshold = z.strictObject({
  when,
  measure: z.string().optional(),
  aggregate: z.enum(['count', 'sum', 'mean', 'min', 'max']),
  window: z
    .string()
    .refine((text) => isPeriod(text) || (parseDuration(text) ?? 0) > 0, 'day, week, month, or a duration longer than 0')
    .refine(isShort, `a duration of at most ${longest.days}d`)
    .meta({
      description: 'day, week, month, or a duration such as 90s, 15m, 2h, 28d',
      pattern: '^(day|week|month|\\d*[1-9]\\d*(ms|s|m|h|d))$',
    }),
  every: length.optional(),
  side: z.enum(['below', 'above']),
  value: decimal,
  recover: decimal.optional(),
  minSamples: count(0).default(1),
  ...breakerFields,
});

const surge = z.strictObject({
  when,
  window: length,
  every: length,
  against: length,
  factor: decimal,
  minCount: count(1).default(1),
  minHistory: duration.default('0s'),
});

const action = z.strictObject({
  type: z.enum(['learning-card', 'intervention', 'board-mark', 'talk-track-pack', 'knowledge-push', 'warning']),
  to: z.enum(['rep', 'supervisor', 'director', 'account-owner', 'team-board', 'region']),
  on: z.enum(['opened', 'updated', 'resolved', 'withdrawn']),
  template: z.string().optional(),
  due: duration.optional(),
  escalateTo: z.enum(['rep', 'supervisor', 'director', 'account-owner', 'team-board', 'region']).optional(),
  anonymous: z.boolean().optional(),
  minGroup: count(0).optional(),
  attach: z.strictObject({ serviceRecords: count(1).optional() }).optional(),
});

const test = z.strictObject({
  name: z.string(),
  log: z.string(),
  expect: z.array(z.record(z.string(), z.unknown())),
});

/** True for the windows that end with the clock of the rule's zone. */
export const isPeriod = (text: string): text is 'day' | 'week' | 'month' => ['day', 'week', 'month'].includes(text);

/** A rule document (rules.md 3), field by field; what relates fields to each other is in constraints.ts. */
export const ruleDocument = z.strictObject({
  apiVersion: z.literal('resonant/v1'),
  id: z.string().regex(/^[a-z0-9.-]+$/, 'a text of a-z, 0-9, dots and dashes'),
  version: count(1),
  mode: z.enum(['live', 'shadow', 'off']).default('live'),
  keyspace: z.enum(['account', 'team', 'region', 'lead']),
  subject: z.array(field).meta({ minItems: 1, maxItems: 4, uniqueItems: true }),
  severity: z.enum(['info', 'low', 'high', 'critical']).default('high'),
  title: texts.default({}),
  description: texts.default({}),
  pattern: z
    .strictObject({
      pair: pair.optional(),
      ratio: ratio.optional(),
      deadline: deadline.optional(),
      threshold: threshold.optional(),
      surge: surge.optional(),
    })
    .meta({
      description: 'exactly one of pair, ratio, deadline, threshold, surge',
      minProperties: 1,
      maxProperties: 1,
    }),
  zone: z.string().refine(isZoneName, 'an IANA time zone such as Asia/Shanghai').default('UTC'),
  calendar: z
    .strictObject({
      days: z
        .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
        .meta({ minItems: 1 })
        .default(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
      from: timeOfDay.default('00:00'),
      to: timeOfDay.default('24:00'),
      holidays: z.array(date).default([]),
    })
    .optional(),
  grace: duration.optional(),
  lateness: duration.default('24h'),
  onChange: z.enum(['keep', 'reset']).default('keep'),
  actions: z.array(action).default([]),
  tests: z.array(test).default([]),
});

/** A rule document with its defaults filled in. */
export type RuleDocument = z.output<typeof ruleDocument>;

function isShort(text: string): boolean {
  return (parseDuration(text) ?? 0) <= longest.days * 86_400_000;
}

/** One of these fields, or a label, in the words of a JSON Schema. */
function oneOf(fields: readonly string[]): { readonly anyOf: { type: 'string'; enum?: string[]; pattern?: string }[] } {
  return {
    anyOf: [
      { type: 'string', enum: [...fields] },
      { type: 'string', pattern: labelField.source },
    ],
  };
}
