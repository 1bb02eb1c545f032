import type { Signal } from '@resonant/contracts';
import { type Fraction, fractionOf, toNumber } from '../exact.ts';
import type { CompiledRule, RatioPattern } from '../rule.ts';
import type { SubjectRef } from '../subject.ts';
import { baselineAt, baselineQuietUntil } from './baseline.ts';
import type { Status } from './breaker.ts';
import { CountSeries, commonGrain, type Sums } from './counts.ts';
import type { Joint, Meter, Metered, Reading, Totals } from './meter.ts';
import { ratioStatus } from './ratio-status.ts';

const minute = 60_000;
const hour = 60 * minute;
const week = 7 * 24 * hour;

/** What a value is compared with: a fraction, and the counts it was made from (null for a number and a median). */
export interface Reference {
  readonly value: Fraction;
  readonly counts: Sums | null;
}

const patternOf = (rule: CompiledRule): RatioPattern => rule.pattern as RatioPattern;
const fraction = ({ n, d }: Sums): Fraction => ({ n: BigInt(n), d: BigInt(d) });
const enough = ({ minSamples }: RatioPattern, { d }: Sums): boolean => d > 0 && d >= minSamples;

/** Subjects against the others of their cohort. */
const joint: Joint<CountSeries> = {
  cohortOf(rule: CompiledRule, { fields }: SubjectRef): string | null {
    const { against, cohort } = patternOf(rule);
    if (against !== 'cohort' || cohort === null) return null;
    const [first] = cohort.by;
    // The keyspace's field is among them, so what is compared lies in one partition.
    if (cohort.by.length === 1) return fields[first as string] ?? '';
    return JSON.stringify(cohort.by.map((name) => fields[name]));
  },
  window: (rule) => patternOf(rule).window,
  counts: (series) => series,
  enough: (rule, own) => enough(patternOf(rule), own),
  status(rule, own, totals): Status {
    const pattern = patternOf(rule);
    const others = othersOf(pattern, own, totals);
    return others === null || !enough(pattern, own) ? 'unknown' : ratioStatus(pattern, own, others);
  },
};

/** Usage against others, against its own past, or against a number (rules.md 3.2). */
export class RatioMeter implements Meter<CountSeries, Sums> {
  readonly joint = joint;
  readonly holds = true;
  readonly repeatsSaid = true;

  sample(rule: CompiledRule, signal: Signal): Sums | null {
    const { numerator, denominator } = patternOf(rule);
    const n = numerator.test(signal) ? 1 : 0;
    const d = denominator.test(signal) ? 1 : 0;
    return n + d === 0 ? null : { n, d };
  }

  sumsOf(sample: Sums): Sums {
    return sample;
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

  imported(_rule: CompiledRule, state: unknown): CountSeries {
    return CountSeries.import(state);
  }

  add(series: CountSeries, at: number, { n, d }: Sums): void {
    series.add(at, n, d);
  }

  combined(a: CountSeries, b: CountSeries): CountSeries {
    return a.combined(b);
  }

  status(rule: CompiledRule, subject: Metered<CountSeries>, at: number, totals: Totals | null): Status {
    const pattern = patternOf(rule);
    const own = subject.series.sums(at - pattern.window, at);
    if (!enough(pattern, own)) return 'unknown';
    if (totals !== null) return joint.status(rule, own, totals);
    const reference = referenceOf(rule, subject.series, at, own, null);
    return reference === null ? 'unknown' : ratioStatus(pattern, own, reference.value);
  }

  read(rule: CompiledRule, subject: Metered<CountSeries>, at: number, totals: Totals | null): Reading {
    const pattern = patternOf(rule);
    const own = subject.series.sums(at - pattern.window, at);
    const reference = referenceOf(rule, subject.series, at, own, totals);
    return {
      status: reference !== null && enough(pattern, own) ? ratioStatus(pattern, own, reference.value) : 'unknown',
      before: {
        ...{ n: own.n, d: own.d },
        ...(own.d > 0 ? { value: own.n / own.d } : {}),
        ...(reference === null ? {} : { reference: toNumber(reference.value) }),
      },
      after: {
        ...(reference === null || reference.counts === null
          ? {}
          : { referenceN: reference.counts.n, referenceD: reference.counts.d }),
        ...(totals === null ? {} : { members: totals.members }),
      },
    };
  }

  quietUntil(rule: CompiledRule, { series }: Metered<CountSeries>, at: number): number {
    const pattern = patternOf(rule);
    const own = series.changesAfter(at, pattern.window, 0);
    if (pattern.against !== 'baseline' || !enough(pattern, series.sums(at - pattern.window, at))) return own;
    return Math.min(own, baselineQuietUntil(rule, series, at));
  }

  breaker(rule: CompiledRule) {
    return patternOf(rule).breaker;
  }

  forgettable(): boolean {
    return true;
  }
}

function grainOf(rule: CompiledRule): number {
  const { every, against } = patternOf(rule);
  return commonGrain(every, against === 'baseline' ? 30 * minute : minute);
}

function referenceOf(
  rule: CompiledRule,
  series: CountSeries,
  at: number,
  own: Sums,
  totals: Totals | null,
): Reference | null {
  const pattern = patternOf(rule);
  if (pattern.against === 'number') {
    return pattern.number === null ? null : { value: fractionOf(pattern.number), counts: null };
  }
  if (pattern.against === 'baseline' || totals === null) return baselineAt(rule, series, at);
  const counts = othersOf(pattern, own, totals);
  return counts === null ? null : { value: fraction(counts), counts };
}

/** What the others of a cohort add up to; null if they are too few to compare with. */
function othersOf({ cohort, minSamples }: RatioPattern, own: Sums, totals: Totals): Sums | null {
  const d = totals.d - own.d;
  const members = totals.members - (own.d > 0 ? 1 : 0);
  return members >= (cohort?.minMembers ?? 1) && d >= minSamples && d > 0 ? { n: totals.n - own.n, d } : null;
}
