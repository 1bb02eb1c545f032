import { compareFractions, type Decimal, type Fraction, fractionOf, multiply } from '../exact.ts';
import type { RatioPattern } from '../rule.ts';
import type { Status } from './breaker.ts';
import type { Sums } from './counts.ts';

/** A line beside a reference as integers: (1 ∓ margin) = `n` / `d`. */
interface Line {
  readonly n: number;
  readonly d: number;
}

interface Lines {
  readonly breach: Line;
  readonly recover: Line;
}

const kept = new WeakMap<RatioPattern, Lines>();

function linesOf(pattern: RatioPattern): Lines {
  let lines = kept.get(pattern);
  if (lines === undefined) {
    const line = (margin: Decimal): Line => {
      const { n, d } = fractionOf(margin);
      return { n: Number(pattern.side === 'below' ? d - n : d + n), d: Number(d) };
    };
    lines = { breach: line(pattern.deviation), recover: line(pattern.recover) };
    kept.set(pattern, lines);
  }
  return lines;
}

/** What a value of n/d says beside a reference (rules.md 3.2). Exact: on safe integers where they hold the products. */
export function ratioStatus(pattern: RatioPattern, own: Sums, reference: Sums | Fraction): Status {
  const n = Number(reference.n);
  if (n === 0) return 'recovered';
  const { breach, recover } = linesOf(pattern);
  const d = Number(reference.d);
  if (beyond(pattern, own, reference, breach, n, d) <= 0) return 'breach';
  return beyond(pattern, own, reference, recover, n, d) >= 0 ? 'recovered' : 'between';
}

/** Negative where the value is on the bad side of a line, 0 on it, positive on the good side. */
function beyond(
  { side }: RatioPattern,
  own: Sums,
  reference: Sums | Fraction,
  line: Line,
  n: number,
  d: number,
): number {
  const left = own.n * d * line.d;
  const right = line.n * n * own.d;
  const sign = side === 'below' ? 1 : -1;
  // Factors are whole: products that come out below 2^53 were exact at every step.
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return (left - right) * sign;
  const exact = { n: BigInt(reference.n), d: BigInt(reference.d) };
  const limit = multiply({ n: BigInt(line.n), d: BigInt(line.d) }, exact);
  return compareFractions({ n: BigInt(own.n), d: BigInt(own.d) }, limit) * sign;
}
