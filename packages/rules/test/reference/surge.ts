import type { SurgePattern } from '@resonant/engine';
import { compare, fraction, ofUnits, times } from './fraction.ts';
import type { Known, Measured, Term } from './rule-run.ts';

/** rules.md 3.5: the status of a subject at `t`; `counting` are its signals that count at `t`. */
export function measureSurge({ rule }: Term, counting: readonly Known[], t: number): Measured {
  const { window, against, factor, minCount, minHistory } = rule.pattern as SurgePattern;
  const count = (from: number, to: number): number =>
    counting.filter(({ signal }) => signal.occurredAt >= from && signal.occurredAt < to).length;
  const c = count(t - window, t);
  const b = count(t - window - against, t - window);
  const values = { n: c, referenceN: b };
  const first = Math.min(...counting.map(({ signal }) => signal.occurredAt));
  // Unknown opens nothing, and is no breach to what is open.
  if (t < first + window + minHistory) return { status: 'recovered', values };
  const usual = times(ofUnits(factor), fraction(BigInt(b) * BigInt(window)));
  const breach = c >= minCount && compare(fraction(BigInt(c) * BigInt(against)), usual) >= 0;
  return { status: breach ? 'breach' : 'recovered', values };
}
