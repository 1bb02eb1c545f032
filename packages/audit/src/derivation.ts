import { type CompiledRule, type Decimal, type RatioPattern, type ThresholdPattern, toNumber } from '@resonant/engine';
import { ruleDocument } from '@resonant/rules';
import type { Derivation, DerivedAlert, Evidence } from './derived.ts';
import type { Life } from './lives.ts';
import { openHours, type Span } from './open-hours.ts';
import { periodEnds } from './periods.ts';
import { weekShifts } from './shifts.ts';
import { deadlineSql } from './sql/deadline.ts';
import { pairSql } from './sql/pair.ts';
import { type Against, ratioSql } from './sql/ratio.ts';
import type { Scope } from './sql/scope.ts';

import { surgeSql } from './sql/surge.ts';
import { thresholdSql } from './sql/threshold.ts';

/** One alert as SQL derives it, or (opened_at 0) a subject that was corrected. Instants in epoch ms, 0 = none. */
export interface DerivedRow {
  readonly key: readonly string[];
  readonly corrected_from: number;
  readonly opened_at: number;
  readonly opened_decided: number;
  /** Numbers as text; a fraction as `n/d`. */
  readonly opened_values: Readonly<Record<string, string>>;
  readonly opened_evidence: readonly EvidenceRow[];
  readonly ended_at: number;
  readonly ended_decided: number;
  readonly end_state: string;
  readonly end_values: Readonly<Record<string, string>>;
  readonly end_evidence: readonly EvidenceRow[];
}

/** occurredAt, signal id, event id, role. */
type EvidenceRow = readonly [number, string, string, string];

/** The SQL that derives what follows from the signals in one life of a rule. Throws NotCovered. */
export function derivationSql(scope: Scope, rule: CompiledRule, span: Span): string {
  const { subject, lateness, pattern } = rule;
  const document = rule.document;
  const texts = ruleDocument.parse(typeof document === 'string' ? JSON.parse(document) : document).pattern;
  const shared = { subject, lateness };
  const hours = openHours(rule, span);
  switch (pattern.kind) {
    case 'pair': {
      const { a, b, strength } = texts.pair as NonNullable<typeof texts.pair>;
      const { within, distinct, order } = pattern;
      const decay = { ...pattern.strength, touch: strength.touch?.when ?? null };
      return pairSql(scope, { ...shared, a: a.when, b: b.when, within, distinct, order, strength: decay });
    }
    case 'deadline': {
      const { start, stop } = texts.deadline as NonNullable<typeof texts.deadline>;
      return deadlineSql(scope, { ...shared, start: start.when, stop: stop.when, within: pattern.within, hours });
    }
    case 'surge': {
      const { when } = texts.surge as NonNullable<typeof texts.surge>;
      return surgeSql(scope, { ...pattern, ...shared, grace: rule.grace, hours, when });
    }
    case 'ratio': {
      const { numerator, denominator } = texts.ratio as NonNullable<typeof texts.ratio>;
      const rates = { ...pattern, numerator: numerator.when, denominator: denominator.when };
      return ratioSql(scope, {
        ...rates,
        ...shared,
        grace: rule.grace,
        hours,
        reach: reachOf(pattern),
        against: againstOf(rule, pattern, span),
      });
    }
    case 'threshold': {
      const { when } = texts.threshold as NonNullable<typeof texts.threshold>;
      const fixed = { ...pattern, ...shared, grace: rule.grace, hours, when, reach: thresholdReach(pattern.window) };
      if (typeof pattern.window === 'string') {
        const ends = periodEnds(pattern.window, rule.zone, span);
        return thresholdSql(scope, { ...fixed, isPeriod: true, instants: { kind: 'ends', ends }, window: 0 });
      }
      const { window, every } = pattern.window;
      return thresholdSql(scope, { ...fixed, isPeriod: false, instants: { kind: 'every', every }, window });
    }
  }
}

/** How far back a threshold looks (rules.md 2). */
function thresholdReach(window: ThresholdPattern['window']): number {
  if (typeof window !== 'string') return window.window;
  return { day: 25 * hour, week: week + hour, month: 31 * 24 * hour + hour }[window];
}

const hour = 3_600_000;
const week = 7 * 24 * hour;

/** How far back a ratio looks (rules.md 2). */
function reachOf({ against, baseline, window }: RatioPattern): number {
  if (against !== 'baseline' || baseline === null) return window;
  return window + Math.max(baseline.weeks * week + hour, baseline.fallback);
}

function againstOf({ subject, zone }: CompiledRule, pattern: RatioPattern, span: Span): Against {
  const { against, cohort, baseline, number, every } = pattern;
  if (against === 'cohort' && cohort !== null) {
    return { kind: 'cohort', by: cohort.by.map((name) => subject.indexOf(name) + 1), minMembers: cohort.minMembers };
  }
  if (against === 'baseline' && baseline !== null) {
    return { kind: 'baseline', ...baseline, shifts: weekShifts(zone, baseline.weeks, every, span) };
  }
  return { kind: 'number', number: number as Decimal };
}

/** What the rows of a life say; what is open where it ends is resolved by its end. */
export function derivationOf(rows: readonly DerivedRow[], { terms, end }: Life): Derivation {
  const words = wordsOf((terms[0] as Life['terms'][number]).rule);
  const alerts = rows
    .filter(({ opened_at }) => opened_at !== 0)
    .map((row): DerivedAlert => {
      const opened = {
        at: row.opened_at,
        decidedAt: row.opened_decided,
        state: words,
        values: numbersOf(row.opened_values),
        evidence: row.opened_evidence.map(evidenceOf),
      };
      if (row.ended_at !== 0) {
        const ended = {
          at: row.ended_at,
          decidedAt: row.ended_decided,
          state: row.end_state,
          values: numbersOf(row.end_values),
          evidence: row.end_evidence.map(evidenceOf),
        };
        return { key: row.key, opened, ended };
      }
      if (end === null || end.state === 'kept') return { key: row.key, opened, ended: null };
      const evidence = row.end_evidence.map(evidenceOf);
      return {
        key: row.key,
        opened,
        ended: { at: end.time, decidedAt: end.time, state: end.state, values: {}, evidence },
      };
    });
  const corrected = rows.flatMap(({ key, corrected_from: from }) => (from === 0 ? [] : [{ key, from }]));
  return { alerts, corrected };
}

function wordsOf({ pattern }: CompiledRule): string {
  switch (pattern.kind) {
    case 'pair':
      return 'resonating';
    case 'deadline':
      return 'overdue';
    default:
      return pattern.breaker.words.open;
  }
}

const evidenceOf = ([occurredAt, signalId, eventId, role]: EvidenceRow): Evidence => ({
  occurredAt,
  signalId,
  eventId,
  role,
});

const numbersOf = (values: Readonly<Record<string, string>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(values).map(([name, text]) => [name, numberOf(text)]));

function numberOf(text: string): number {
  const [n = '', d] = text.split('/');
  return d === undefined ? Number(n) : toNumber({ n: BigInt(n), d: BigInt(d) });
}
