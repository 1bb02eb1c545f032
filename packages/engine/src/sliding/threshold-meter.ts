import type { Signal } from '@resonant/contracts';
import {
  addDecimals,
  compareFractions,
  type Decimal,
  decimalOf,
  type Fraction,
  fractionOf,
  tenTo,
  toNumber,
} from '../exact.ts';
import type { CompiledRule, ThresholdPattern } from '../rule.ts';
import type { Status } from './breaker.ts';
import { commonGrain, type Sums } from './counts.ts';
import { periodEndingAt } from './instants.ts';
import type { Meter, Metered, Reading } from './meter.ts';
import { lowerBound } from './sorted.ts';

const minute = 60_000;

/** What the signals of a bucket add up to. */
interface Bucket {
  readonly at: number;
  count: number;
  sum: Decimal;
  min: number;
  max: number;
}

/** Counts, exact sums and extremes per bucket of `grain` ms. */
export class ValueSeries {
  readonly grain: number;
  #starts: number[] = [];
  #buckets: Bucket[] = [];

  constructor(grain: number) {
    this.grain = grain;
  }

  get size(): number {
    return this.#starts.length;
  }

  add(at: number, value: number, bucket = { count: 1, sum: decimalOf(value), min: value, max: value }): void {
    const start = Math.floor(at / this.grain) * this.grain;
    const i = lowerBound(this.#starts, start);
    const here = this.#starts[i] === start ? this.#buckets[i] : undefined;
    if (here === undefined) {
      this.#starts.splice(i, 0, start);
      this.#buckets.splice(i, 0, { at: start, ...bucket });
      return;
    }
    here.count += bucket.count;
    here.sum = addDecimals(here.sum, bucket.sum);
    here.min = Math.min(here.min, bucket.min);
    here.max = Math.max(here.max, bucket.max);
  }

  /** Buckets in [from, to); both ends on bucket borders. */
  between(from: number, to: number): readonly Bucket[] {
    return this.#buckets.slice(lowerBound(this.#starts, from), lowerBound(this.#starts, to));
  }

  /** The earliest time after `at` from which [t − window, t) may hold other buckets than at `at`. */
  changesAfter(at: number, window: number): number {
    const entering = this.#starts[lowerBound(this.#starts, at - this.grain + 1)];
    const leaving = this.#starts[lowerBound(this.#starts, at - window)];
    return Math.min(
      entering === undefined ? Number.POSITIVE_INFINITY : entering + this.grain,
      leaving === undefined ? Number.POSITIVE_INFINITY : leaving + window + 1,
    );
  }

  /** Start of the first bucket ≥ at; +∞ = none. */
  firstFrom(at: number): number {
    return this.#starts[lowerBound(this.#starts, at)] ?? Number.POSITIVE_INFINITY;
  }

  first(): number {
    return this.#starts[0] ?? Number.POSITIVE_INFINITY;
  }

  last(): number {
    return this.#starts.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  forget(before: number): void {
    const gone = lowerBound(this.#starts, before - this.grain + 1);
    if (gone === 0) return;
    this.#starts = this.#starts.slice(gone);
    this.#buckets = this.#buckets.slice(gone);
  }

  regrained(grain: number): ValueSeries {
    if (grain === this.grain) return this;
    const series = new ValueSeries(grain);
    for (const { at, ...bucket } of this.#buckets) series.add(at, 0, bucket);
    return series;
  }

  export(): unknown {
    return { grain: this.grain, buckets: this.#buckets };
  }

  static import(state: unknown): ValueSeries {
    const { grain, buckets } = state as { readonly grain: number; readonly buckets: Bucket[] };
    const series = new ValueSeries(grain);
    series.#buckets = buckets;
    series.#starts = buckets.map(({ at }) => at);
    return series;
  }
}

const patternOf = (rule: CompiledRule): ThresholdPattern => rule.pattern as ThresholdPattern;

/** An aggregate against a number (rules.md 3.4). */
export class ThresholdMeter implements Meter<ValueSeries, number> {
  readonly joint = null;
  readonly holds = true;
  readonly repeatsSaid = true;

  sample(rule: CompiledRule, signal: Signal): number | null {
    const { when, measure } = patternOf(rule);
    if (!when.test(signal)) return null;
    if (measure === null) return 0;
    const value = Object.hasOwn(signal.measures, measure) ? signal.measures[measure] : undefined;
    return value !== undefined && Number.isFinite(value) ? value : null;
  }

  sumsOf(): Sums {
    return { n: 1, d: 0 };
  }

  reach(rule: CompiledRule): number {
    const { window } = patternOf(rule);
    if (typeof window !== 'string') return window.window;
    return { day: 25, week: 7 * 24 + 1, month: 31 * 24 + 1 }[window] * 60 * minute;
  }

  emptySeries(rule: CompiledRule): ValueSeries {
    return new ValueSeries(grainOf(rule));
  }

  carried(rule: CompiledRule, series: ValueSeries): ValueSeries {
    return series.regrained(commonGrain(series.grain, grainOf(rule)));
  }

  exported(series: ValueSeries): unknown {
    return series.export();
  }

  imported(state: unknown): ValueSeries {
    return ValueSeries.import(state);
  }

  add(series: ValueSeries, at: number, value: number): void {
    series.add(at, value);
  }

  status(rule: CompiledRule, subject: Metered<ValueSeries>, at: number): Status {
    return this.read(rule, subject, at).status;
  }

  read(rule: CompiledRule, { series }: Metered<ValueSeries>, at: number): Reading {
    const pattern = patternOf(rule);
    const { window } = pattern;
    const from = typeof window === 'string' ? periodEndingAt(rule, at).start : at - window.window;
    const buckets = series.between(from, at);
    const n = buckets.reduce((sum, { count }) => sum + count, 0);
    const value = aggregateOf(pattern, buckets, n);
    return {
      status: value === null || n < pattern.minSamples ? 'unknown' : statusOf(pattern, value),
      before: {
        n,
        ...(value === null ? {} : { value: toNumber(value) }),
        reference: toNumber(fractionOf(pattern.value)),
      },
      after: {},
    };
  }

  quietUntil(rule: CompiledRule, { series }: Metered<ValueSeries>, at: number): number {
    const { window } = patternOf(rule);
    if (typeof window !== 'string') return series.changesAfter(at, window.window);
    return series.firstFrom(periodEndingAt(rule, at).start) >= at ? series.firstFrom(at) + 1 : at + 1;
  }

  breaker(rule: CompiledRule) {
    return patternOf(rule).breaker;
  }

  forgettable(rule: CompiledRule): boolean {
    return patternOf(rule).minSamples > 0;
  }
}

function grainOf(rule: CompiledRule): number {
  const { window } = patternOf(rule);
  return typeof window === 'string' ? minute : commonGrain(window.every, minute);
}

function aggregateOf({ aggregate }: ThresholdPattern, buckets: readonly Bucket[], n: number): Fraction | null {
  if (aggregate === 'count') return { n: BigInt(n), d: 1n };
  if (aggregate === 'sum' || aggregate === 'mean') {
    if (n === 0 && aggregate === 'mean') return null;
    const sum = buckets.reduce((total, bucket) => addDecimals(total, bucket.sum), { units: 0n, scale: 0 });
    return { n: sum.units, d: tenTo(sum.scale) * (aggregate === 'mean' ? BigInt(n) : 1n) };
  }
  if (n === 0) return null;
  const extreme =
    aggregate === 'min'
      ? buckets.reduce((least, { min }) => Math.min(least, min), Number.POSITIVE_INFINITY)
      : buckets.reduce((most, { max }) => Math.max(most, max), Number.NEGATIVE_INFINITY);
  return fractionOf(decimalOf(extreme));
}

function statusOf(pattern: ThresholdPattern, value: Fraction): Status {
  const direction = pattern.side === 'below' ? 1 : -1;
  if (compareFractions(value, fractionOf(pattern.value)) * direction < 0) return 'breach';
  if (typeof pattern.window === 'string') return 'recovered';
  return compareFractions(value, fractionOf(pattern.recover)) * direction >= 0 ? 'recovered' : 'between';
}
