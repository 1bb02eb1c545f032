import type { Signal } from '@resonant/contracts';
import { tenTo } from '../exact.ts';
import type { CompiledRule, SurgePattern } from '../rule.ts';
import type { Status } from './breaker.ts';
import { CountSeries, commonGrain, type Sums } from './counts.ts';
import type { Meter, Metered, Reading } from './meter.ts';

const minute = 60_000;
const patternOf = (rule: CompiledRule): SurgePattern => rule.pattern as SurgePattern;

/** More than usual (rules.md 3.5). What is no breach ends a surge, also where the history is too short to tell. */
export class SurgeMeter implements Meter<CountSeries, true> {
  readonly joint = null;
  readonly holds = false;
  readonly repeatsSaid = false;

  sample(rule: CompiledRule, signal: Signal): true | null {
    return patternOf(rule).when.test(signal) ? true : null;
  }

  sumsOf(): Sums {
    return { n: 1, d: 0 };
  }

  reach(rule: CompiledRule): number {
    const { window, against } = patternOf(rule);
    return window + against;
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

  add(series: CountSeries, at: number): void {
    series.add(at, 1, 0);
  }

  combined(a: CountSeries, b: CountSeries): CountSeries {
    return a.combined(b);
  }

  status(rule: CompiledRule, { series, firstAt }: Metered<CountSeries>, at: number): Status {
    const { window, against, factor, minCount, minHistory } = patternOf(rule);
    const { c, b } = countsAt(rule, series, at);
    if (at < firstAt + window + minHistory || c < minCount) return 'recovered';
    const more = BigInt(c) * BigInt(against) * tenTo(factor.scale) >= factor.units * BigInt(b) * BigInt(window);
    return more ? 'breach' : 'recovered';
  }

  read(rule: CompiledRule, subject: Metered<CountSeries>, at: number): Reading {
    const { c, b } = countsAt(rule, subject.series, at);
    const { window, minHistory } = patternOf(rule);
    const short = at < subject.firstAt + window + minHistory;
    return { status: short ? 'unknown' : this.status(rule, subject, at), before: { n: c, referenceN: b }, after: {} };
  }

  quietUntil(rule: CompiledRule, { series, firstAt }: Metered<CountSeries>, at: number): number {
    const { window, against, minHistory } = patternOf(rule);
    const long = firstAt + window + minHistory;
    return Math.min(
      series.changesAfter(at, window, 0),
      series.changesAfter(at, window + against, window),
      long > at ? long : Number.POSITIVE_INFINITY,
    );
  }

  breaker(rule: CompiledRule) {
    return patternOf(rule).breaker;
  }

  forgettable(): boolean {
    return false;
  }
}

/** Signals in the window, and in the time before that it is compared with. */
function countsAt(rule: CompiledRule, series: CountSeries, at: number): { readonly c: number; readonly b: number } {
  const { window, against } = patternOf(rule);
  return { c: series.sums(at - window, at).n, b: series.sums(at - window - against, at - window).n };
}

const grainOf = (rule: CompiledRule): number => commonGrain(patternOf(rule).every, minute);
