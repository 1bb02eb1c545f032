import {
  type BreakerSpec,
  type CompiledRule,
  type Condition,
  decimalOf,
  type NoDataSpec,
  type Pattern,
} from '@resonant/engine';
import type { z } from 'zod';
import { parseDuration, parseTimeOfDay } from '../durations.ts';
import { compileWhen } from '../when/index.ts';
import { checkConstraints } from './constraints.ts';
import { isTooDeep, mostLevels } from './depth.ts';
import { isPeriod, type RuleDocument, ruleDocument } from './schema.ts';
import { DocumentView, type Problem, refusal, shown } from './view.ts';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/**
 * Makes a rule of a document (rules.md 3), defaults filled in and conditions compiled.
 *
 * Throws ResonantError `invalid-rule` whose `extra.errors` lists every problem as `{path, expected, got}`.
 */
export function compileRule(document: unknown): CompiledRule {
  if (isTooDeep(document)) {
    throw refusal([{ path: '', expected: `at most ${mostLevels} levels of nesting`, got: 'more' }]);
  }
  const view = new DocumentView(document);
  const parsed = ruleDocument.safeParse(document);
  if (!parsed.success) view.problems.push(...parsed.error.issues.flatMap((issue) => problemsOf(issue, view)));
  checkConstraints(view);
  if (!parsed.success || view.problems.length > 0) throw refusal(view.problems);
  return ruleOf(parsed.data, document);
}

function problemsOf(issue: z.core.$ZodIssue, view: DocumentView): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key].join('.'),
      expected: 'no such field',
      got: shown(view.in([...issue.path, key])),
    }));
  }
  return [{ path: issue.path.join('.'), expected: expectedOf(issue), got: shown(view.in(issue.path)) }];
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'invalid_type':
      return issue.message.startsWith('Invalid input') ? (typeWords[issue.expected] ?? issue.expected) : issue.message;
    default:
      return issue.message;
  }
}

const ms = (text: string): number => parseDuration(text) as number;

function ruleOf(rule: RuleDocument, document: unknown): CompiledRule {
  const { calendar } = rule;
  return {
    id: rule.id,
    version: rule.version,
    mode: rule.mode,
    keyspace: rule.keyspace,
    subject: rule.subject,
    severity: rule.severity,
    title: JSON.parse(JSON.stringify(rule.title)) as Record<string, string>,
    zone: rule.zone,
    calendar:
      calendar === undefined
        ? null
        : {
            days: calendar.days.map((name) => weekdays.indexOf(name)),
            from: parseTimeOfDay(calendar.from) as number,
            to: parseTimeOfDay(calendar.to) as number,
            holidays: calendar.holidays,
          },
    grace: rule.grace === undefined ? 0 : ms(rule.grace),
    lateness: ms(rule.lateness),
    onChange: rule.onChange,
    actions: rule.actions.map((action) => ({
      type: action.type,
      to: action.to,
      on: action.on,
      template: action.template ?? null,
      due: action.due === undefined ? null : ms(action.due),
      escalateTo: action.escalateTo ?? null,
      anonymous: action.anonymous ?? false,
      minGroup: action.minGroup ?? null,
    })),
    pattern: patternOf(rule.pattern),
    document,
  };
}

function patternOf({ pair, ratio, deadline, threshold, surge }: RuleDocument['pattern']): Pattern {
  if (pair !== undefined) return pairOf(pair);
  if (ratio !== undefined) return ratioOf(ratio);
  if (deadline !== undefined) {
    const { start, stop, within } = deadline;
    return { kind: 'deadline', start: conditionOf(start), stop: conditionOf(stop), within: ms(within) };
  }
  if (threshold !== undefined) return thresholdOf(threshold);
  return surgeOf(surge as NonNullable<typeof surge>);
}

type PatternOf<K extends keyof RuleDocument['pattern']> = NonNullable<RuleDocument['pattern'][K]>;

const conditionOf = ({ when }: { readonly when: string }): Condition => compileWhen(when);

const pairOf = ({ strength, ...pair }: PatternOf<'pair'>): Pattern => ({
  kind: 'pair',
  a: conditionOf(pair.a),
  b: conditionOf(pair.b),
  within: ms(pair.within),
  distinct: pair.distinct,
  order: pair.order,
  renotify: ms(pair.renotify),
  strength: {
    residual: strength.residual,
    at: ms(strength.at),
    neglectFactor: strength.neglectFactor,
    touch: strength.touch === undefined ? null : conditionOf(strength.touch),
    fading: strength.fading ?? null,
    expired: strength.expired,
    lift: strength.lift,
  },
});

const ratioOf = (ratio: PatternOf<'ratio'>): Pattern => ({
  kind: 'ratio',
  numerator: conditionOf(ratio.numerator),
  denominator: conditionOf(ratio.denominator),
  window: ms(ratio.window),
  every: ms(ratio.every),
  against: ratio.against,
  cohort: ratio.cohort ?? null,
  baseline: ratio.baseline === undefined ? null : { ...ratio.baseline, fallback: ms(ratio.baseline.fallback) },
  number: ratio.number === undefined ? null : decimalOf(ratio.number),
  side: ratio.side,
  deviation: decimalOf(ratio.deviation),
  recover: decimalOf(ratio.recover),
  minSamples: ratio.minSamples,
  breaker: breakerOf(ratio, { open: 'open', closed: 'closed' }),
});

const thresholdOf = (threshold: PatternOf<'threshold'>): Pattern => ({
  kind: 'threshold',
  when: compileWhen(threshold.when),
  measure: threshold.measure ?? null,
  aggregate: threshold.aggregate,
  window: isPeriod(threshold.window)
    ? threshold.window
    : { window: ms(threshold.window), every: ms(threshold.every as string) },
  side: threshold.side,
  value: decimalOf(threshold.value),
  recover: decimalOf(isPeriod(threshold.window) ? threshold.value : (threshold.recover ?? threshold.value)),
  minSamples: threshold.minSamples,
  breaker: isPeriod(threshold.window) ? decidedAtOnce(thresholdWords) : breakerOf(threshold, thresholdWords),
});

const thresholdWords: BreakerSpec['words'] = { open: 'breached', closed: 'met' };

/** A breach opens and its end resolves, at that very instant; what is unknown changes nothing. */
const decidedAtOnce = (words: BreakerSpec['words']): BreakerSpec => ({
  hold: 0,
  cooldown: 0,
  noData: { policy: 'pause', limit: null, close: null },
  halfOpen: null,
  words,
});

const surgeOf = (surge: PatternOf<'surge'>): Pattern => ({
  kind: 'surge',
  when: compileWhen(surge.when),
  window: ms(surge.window),
  every: ms(surge.every),
  against: ms(surge.against),
  factor: decimalOf(surge.factor),
  minCount: surge.minCount,
  minHistory: ms(surge.minHistory),
  breaker: decidedAtOnce({ open: 'surging', closed: 'normal' }),
});

function breakerOf(
  fields: Pick<PatternOf<'ratio'>, 'hold' | 'cooldown' | 'noData' | 'halfOpen'>,
  words: BreakerSpec['words'],
): BreakerSpec {
  const { policy, limit, close } = fields.noData;
  const noData: NoDataSpec = { policy, limit: limit === undefined ? null : ms(limit), close: ms(close) };
  const { halfOpen } = fields;
  return {
    hold: ms(fields.hold),
    cooldown: ms(fields.cooldown),
    noData,
    halfOpen: halfOpen === undefined ? null : { after: ms(halfOpen.after), trial: ms(halfOpen.trial) },
    words,
  };
}
