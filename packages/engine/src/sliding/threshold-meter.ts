import type { Signal } from '@resonant/contracts';
import { compareFractions, type Fraction, fractionOf, tenTo, toNumber } from '../exact.ts';
import type { CompiledRule, ThresholdPattern } from '../rule.ts';
import { scaleOf, unitsOf } from '../units.ts';
import type { Status } from './breaker.ts';
import { commonGrain, type Sums } from './counts.ts';
import { periodEndingAt } from './instants.ts';
import { MeasuredValues, type Values } from './measured-values.ts';
import type { Meter, Metered, Reading } from './meter.ts';
import type { Total } from './value-chunk.ts';
import { ValueSeries } from './value-series.ts';

const minute = 60_000;

const patternOf = (rule: CompiledRule): ThresholdPattern => rule.pattern as ThresholdPattern;

/** An aggregate against a number (rules.md 3.4). */
export class ThresholdMeter implements Meter<MeasuredValues, number> {
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

  emptySeries(rule: CompiledRule): MeasuredValues {
    return new MeasuredValues(patternOf(rule).measure, new ValueSeries(grainOf(rule)));
  }

  carried(rule: CompiledRule, series: MeasuredValues): MeasuredValues {
    return series.carried(patternOf(rule).measure, commonGrain(series.grain, grainOf(rule)));
  }

  exported(series: MeasuredValues): unknown {
    return series.export();
  }

  imported(rule: CompiledRule, state: unknown): MeasuredValues {
    return MeasuredValues.import(patternOf(rule).measure, state);
  }

  add(series: MeasuredValues, at: number, value: number): void {
    series.add(at, value);
  }

  combined(a: MeasuredValues, b: MeasuredValues): MeasuredValues {
    return a.combined(b);
  }

  status(rule: CompiledRule, { series }: Metered<MeasuredValues>, at: number): Status {
    const values = valuesOf(rule, series);
    const total = values.total(windowStart(rule, at), at);
    return statusOf(rule, total, aggregateOf(rule, values, total, at));
  }

  read(rule: CompiledRule, { series }: Metered<MeasuredValues>, at: number): Reading {
    const values = valuesOf(rule, series);
    const total = values.total(windowStart(rule, at), at);
    const value = aggregateOf(rule, values, total, at);
    return {
      status: statusOf(rule, total, value),
      before: {
        n: total.count,
        ...(value === null ? {} : { value: toNumber(value) }),
        reference: toNumber(fractionOf(patternOf(rule).value)),
      },
      after: {},
    };
  }

  quietUntil(rule: CompiledRule, { series }: Metered<MeasuredValues>, at: number): number {
    const { window } = patternOf(rule);
    const values = valuesOf(rule, series);
    if (typeof window !== 'string') return values.changesAfter(at, window.window);
    return values.firstFrom(periodEndingAt(rule, at).start) >= at ? values.firstFrom(at) + 1 : at + 1;
  }

  breaker(rule: CompiledRule) {
    return patternOf(rule).breaker;
  }

  forgettable(rule: CompiledRule): boolean {
    return patternOf(rule).minSamples > 0;
  }
}

const valuesOf = (rule: CompiledRule, series: MeasuredValues): Values => series.of(patternOf(rule).measure);

function grainOf(rule: CompiledRule): number {
  const { window } = patternOf(rule);
  return typeof window === 'string' ? minute : commonGrain(window.every, minute);
}

function windowStart(rule: CompiledRule, at: number): number {
  const { window } = patternOf(rule);
  return typeof window === 'string' ? periodEndingAt(rule, at).start : at - window.window;
}

/** The aggregate over the window that ends at `at`, where `total` is what it adds up to; null = there is none. */
function aggregateOf(rule: CompiledRule, values: Values, total: Total, at: number): Fraction | null {
  const { aggregate } = patternOf(rule);
  const { count, sum, scale } = total;
  switch (aggregate) {
    case 'count':
      return { n: BigInt(count), d: 1n };
    case 'sum':
      return { n: BigInt(sum), d: tenTo(scale) };
    case 'mean':
      return count === 0 ? null : { n: BigInt(sum), d: tenTo(scale) * BigInt(count) };
    default:
      return count === 0 ? null : fractionOfDouble(values.extreme(aggregate, windowStart(rule, at), at));
  }
}

function fractionOfDouble(value: number): Fraction {
  const scale = scaleOf(value);
  return { n: BigInt(unitsOf(value, scale)), d: tenTo(scale) };
}

function statusOf(rule: CompiledRule, { count }: Total, value: Fraction | null): Status {
  const pattern = patternOf(rule);
  if (value === null || count < pattern.minSamples) return 'unknown';
  const direction = pattern.side === 'below' ? 1 : -1;
  if (compareFractions(value, fractionOf(pattern.value)) * direction < 0) return 'breach';
  if (typeof pattern.window === 'string') return 'recovered';
  return compareFractions(value, fractionOf(pattern.recover)) * direction >= 0 ? 'recovered' : 'between';
}
