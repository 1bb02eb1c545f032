import type { Signal } from '@resonant/contracts';
import { compareFractions, type Fraction, fractionOf, midpoint, multiply, toNumber } from '../exact.ts';
import type { CompiledRule, RatioPattern } from '../rule.ts';
import { zoneOf } from '../time/zone.ts';
import type { Status } from './breaker.ts';
import { CountSeries, type Sums } from './counts.ts';
import type { Group, Meter, Metered, Reading } from './meter.ts';

const minute = 60_000;
const hour = 60 * minute;
const week = 7 * 24 * hour;

interface Reference {
  readonly value: Fraction;
  /** Counts it was made from; null for a number and a median. */
  readonly counts: Sums | null;
}

interface Totals {
  n: number;
  d: number;
  members: number;
}

const patternOf = (rule: CompiledRule): RatioPattern => rule.pattern as RatioPattern;
const fraction = (n: number, d: number): Fraction => ({ n: BigInt(n), d: BigInt(d) });

/** Usage against others, against its own past, or against a number (rules.md 3.2). */
export class RatioMeter implements Meter<CountSeries, Sums> {
  readonly holds = true;
  readonly repeatsSaid = true;

  sample(rule: CompiledRule, signal: Signal): Sums | null {
    const { numerator, denominator } = patternOf(rule);
    const n = numerator.test(signal) ? 1 : 0;
    const d = denominator.test(signal) ? 1 : 0;
    return n + d === 0 ? null : { n, d };
  }

  reach(rule: CompiledRule): number {
    const { window, against, baseline } = patternOf(rule);
    if (against !== 'baseline' || baseline === null) return window;
    return window + Math.max(baseline.weeks * week + hour, baseline.fallback);
  }

  emptySeries(rule: CompiledRule): CountSeries {
    return new CountSeries(grainOf(rule));
  }

  carried(rule: CompiledRule, series: CountSeries): CountSeries {
    return series.regrained(commonGrain(series.grain, grainOf(rule)));
  }

  exported(series: CountSeries): unknown {
    return series.export();
  }

  imported(state: unknown): CountSeries {
    return CountSeries.import(state);
  }

  add(series: CountSeries, at: number, { n, d }: Sums): void {
    series.add(at, n, d);
  }

  read(rule: CompiledRule, subject: Metered<CountSeries>, at: number, group: Group<CountSeries>): Reading {
    const pattern = patternOf(rule);
    const { n, d } = subject.series.sums(at - pattern.window, at);
    const { reference, members } = referenceOf(rule, subject, at, group, { n, d });
    const known = d > 0 && d >= pattern.minSamples && reference !== null;
    return {
      status: known ? statusOf(pattern, fraction(n, d), reference.value) : 'unknown',
      before: {
        n,
        d,
        ...(d > 0 ? { value: n / d } : {}),
        ...(reference === null ? {} : { reference: toNumber(reference.value) }),
      },
      after: {
        ...(reference === null || reference.counts === null
          ? {}
          : { referenceN: reference.counts.n, referenceD: reference.counts.d }),
        ...(members === null ? {} : { members }),
      },
    };
  }

  quietUntil(rule: CompiledRule, { series }: Metered<CountSeries>, at: number, { before }: Reading): number {
    const pattern = patternOf(rule);
    const d = before.d as number;
    if (pattern.against !== 'number' && d > 0 && d >= pattern.minSamples) return at + 1;
    return series.changesAfter(at, pattern.window, 0);
  }

  breaker(rule: CompiledRule) {
    return patternOf(rule).breaker;
  }

  grouped(rule: CompiledRule): boolean {
    return patternOf(rule).against === 'cohort';
  }

  forgettable(): boolean {
    return true;
  }
}

function grainOf(rule: CompiledRule): number {
  const { every, against } = patternOf(rule);
  return commonGrain(every, against === 'baseline' ? 30 * minute : minute);
}

/** The largest length that divides both. */
export const commonGrain = (a: number, b: number): number => (b === 0 ? a : commonGrain(b, a % b));

function statusOf(pattern: RatioPattern, value: Fraction, reference: Fraction): Status {
  if (reference.n === 0n) return 'recovered';
  const below = pattern.side === 'below';
  const line = (margin: RatioPattern['deviation']): Fraction => {
    const { n, d } = fractionOf(margin);
    return multiply({ n: below ? d - n : d + n, d }, reference);
  };
  const beyond = (limit: Fraction): number => compareFractions(value, limit) * (below ? 1 : -1);
  if (beyond(line(pattern.deviation)) <= 0) return 'breach';
  return beyond(line(pattern.recover)) >= 0 ? 'recovered' : 'between';
}

function referenceOf(
  rule: CompiledRule,
  subject: Metered<CountSeries>,
  at: number,
  group: Group<CountSeries>,
  own: Sums,
): { readonly reference: Reference | null; readonly members: number | null } {
  const pattern = patternOf(rule);
  if (pattern.against === 'number') {
    return {
      reference: pattern.number === null ? null : { value: fractionOf(pattern.number), counts: null },
      members: null,
    };
  }
  if (pattern.against === 'baseline') return { reference: baselineOf(rule, subject.series, at), members: null };
  const totals = totalsOf(rule, at, group).get(cohortKey(rule, subject)) ?? { n: 0, d: 0, members: 0 };
  const others = { n: totals.n - own.n, d: totals.d - own.d };
  const withData = totals.members - (own.d > 0 ? 1 : 0);
  const enough = withData >= (pattern.cohort?.minMembers ?? 1) && others.d >= pattern.minSamples && others.d > 0;
  return {
    reference: enough ? { value: fraction(others.n, others.d), counts: others } : null,
    members: totals.members,
  };
}

const cohortKey = (rule: CompiledRule, { subject }: Metered<CountSeries>): string => {
  const by = patternOf(rule).cohort?.by ?? [];
  return by.length === 1
    ? (subject.fields[by[0] as string] ?? '')
    : JSON.stringify(by.map((name) => subject.fields[name]));
};

/** Sums of every cohort of a group at an instant. */
function totalsOf(rule: CompiledRule, at: number, group: Group<CountSeries>): ReadonlyMap<string, Totals> {
  if (group.cache !== null && group.cache.at === at && group.cache.rule === rule) {
    return group.cache.totals as ReadonlyMap<string, Totals>;
  }
  const totals = new Map<string, Totals>();
  const { window } = patternOf(rule);
  for (const member of group.members) {
    const { n, d } = member.series.sums(at - window, at);
    if (n === 0 && d === 0) continue;
    const key = cohortKey(rule, member);
    let sum = totals.get(key);
    if (sum === undefined) {
      sum = { n: 0, d: 0, members: 0 };
      totals.set(key, sum);
    }
    sum.n += n;
    sum.d += d;
    if (d > 0) sum.members++;
  }
  group.cache = { at, rule, totals };
  return totals;
}

/** Median of the same window some weeks back, else the sums of the time just before. */
function baselineOf(rule: CompiledRule, series: CountSeries, at: number): Reference | null {
  const { window, baseline, minSamples } = patternOf(rule);
  if (baseline === null) return null;
  const zone = zoneOf(rule.zone);
  const local = at + zone.offsetAt(at);
  const points: Fraction[] = [];
  for (let k = 1; k <= baseline.weeks; k++) {
    const end = zone.instantOf(local - k * week);
    if (end.skipped) continue;
    const { n, d } = series.sums(end.at - window, end.at);
    if (d > 0 && d >= minSamples) points.push(fraction(n, d));
  }
  if (points.length >= baseline.minPoints) return { value: medianOf(points), counts: null };
  const counts = series.sums(at - window - baseline.fallback, at - window);
  return counts.d > 0 && counts.d >= minSamples ? { value: fraction(counts.n, counts.d), counts } : null;
}

function medianOf(points: Fraction[]): Fraction {
  points.sort(compareFractions);
  const middle = points.length >> 1;
  const upper = points[middle] as Fraction;
  return points.length % 2 === 1 ? upper : midpoint(points[middle - 1] as Fraction, upper);
}
