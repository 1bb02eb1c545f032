import { compareFractions, type Fraction, midpoint } from '../exact.ts';
import type { CompiledRule, RatioPattern } from '../rule.ts';
import { type Zone, zoneOf } from '../time/zone.ts';
import type { CountSeries } from './counts.ts';
import type { Reference } from './ratio-meter.ts';

const day = 24 * 3_600_000;
const week = 7 * day;

const patternOf = (rule: CompiledRule): RatioPattern => rule.pattern as RatioPattern;
const fraction = (n: number, d: number): Fraction => ({ n: BigInt(n), d: BigInt(d) });

/** Median of the same window some weeks back, else the sums of the time just before (rules.md 3.2). */
export function baselineAt(rule: CompiledRule, series: CountSeries, at: number): Reference | null {
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

/** The earliest time after `at` from which the baseline may be another: some window holds other buckets, or a day on. */
export function baselineQuietUntil(rule: CompiledRule, series: CountSeries, at: number): number {
  const { window, baseline } = patternOf(rule);
  if (baseline === null) return Number.POSITIVE_INFINITY;
  const zone = zoneOf(rule.zone);
  if (!isSteady(zone, at)) return at + 1;
  const local = at + zone.offsetAt(at);
  let quiet = Math.min(at + day, series.changesAfter(at, window + baseline.fallback, window));
  for (let k = 1; k <= baseline.weeks; k++) {
    const end = zone.instantOf(local - k * week);
    if (end.skipped || !isSteady(zone, end.at)) return at + 1;
    quiet = Math.min(quiet, series.changesAfter(at, at - end.at + window, at - end.at));
  }
  return quiet;
}

/** True if the clock is not changed within a day: windows of other weeks then move as this one does. */
function isSteady(zone: Zone, at: number): boolean {
  const offset = zone.offsetAt(at);
  for (let hours = 6; hours <= 24; hours += 6) if (zone.offsetAt(at + (hours * day) / 24) !== offset) return false;
  return true;
}

function medianOf(points: Fraction[]): Fraction {
  points.sort(compareFractions);
  const middle = points.length >> 1;
  const upper = points[middle] as Fraction;
  return points.length % 2 === 1 ? upper : midpoint(points[middle - 1] as Fraction, upper);
}
