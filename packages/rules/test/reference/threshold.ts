import type { CompiledRule, ThresholdPattern } from '@resonant/engine';
import { compare, decimal, type Fraction, fraction, ofUnits, plus, times, toDouble } from './fraction.ts';
import { periodStart } from './instants.ts';
import type { Known, Measured, Term } from './rule-run.ts';

/** rules.md 3.4: the status of a subject at `t`; `counting` are its signals that count at `t`. */
export function measureThreshold({ rule }: Term, counting: readonly Known[], t: number): Measured {
  const pattern = rule.pattern as ThresholdPattern;
  const { measure, window, side, minSamples } = pattern;
  const from = typeof window === 'string' ? periodStart(window, rule.zone, t) : t - window.window;
  // What a signal is to a rule stays what it was to the version that took it, and so does the measure it was taken for.
  const inside = counting.filter(
    ({ signal, takenBy }) =>
      signal.occurredAt >= from && signal.occurredAt < t && (measure === null || measureOf(takenBy) === measure),
  );
  const value = aggregateOf(pattern, inside);
  const limit = ofUnits(pattern.value);
  const values = {
    n: inside.length,
    ...(value === null ? {} : { value: toDouble(value) }),
    ...{ reference: toDouble(limit), heldMs: 0 },
  };
  if (inside.length < minSamples || value === null) return { status: 'unknown', values };
  const toLimit = compare(value, limit);
  if (side === 'below' ? toLimit < 0 : toLimit > 0) return { status: 'breach', values };
  const toRecover = typeof window === 'string' ? 0 : compare(value, ofUnits(pattern.recover));
  return { status: (side === 'below' ? toRecover >= 0 : toRecover <= 0) ? 'recovered' : 'between', values };
}

const measureOf = ({ pattern }: CompiledRule): string | null => (pattern as ThresholdPattern).measure;

function aggregateOf({ aggregate, measure }: ThresholdPattern, inside: readonly Known[]): Fraction | null {
  if (aggregate === 'count') return fraction(inside.length);
  const numbers = inside.map(({ signal }) => decimal(signal.measures[measure as string] as number));
  if (aggregate === 'sum') return numbers.reduce(plus, fraction(0));
  if (numbers.length === 0) return null;
  if (aggregate === 'mean') return times(numbers.reduce(plus), fraction(1, numbers.length));
  const sorted = [...numbers].sort(compare);
  return (aggregate === 'min' ? sorted[0] : sorted.at(-1)) as Fraction;
}
