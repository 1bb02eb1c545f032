import type { RatioPattern, Subject } from '@resonant/engine';
import { compare, type Fraction, fraction, minus, ofUnits, plus, times, toDouble } from './fraction.ts';
import type { Known, Measured, Term } from './rule-run.ts';
import { exactInstant, wallOf } from './zone.ts';

const week = 7 * 86_400_000;

interface Sums {
  readonly n: number;
  readonly d: number;
}

interface Reference {
  readonly value: Fraction | null;
  readonly values: Readonly<Record<string, number>>;
}

const sumsOf = (known: readonly Known[], from: number, to: number): Sums => {
  const inside = known.filter(({ signal }) => signal.occurredAt >= from && signal.occurredAt < to);
  const count = (role: string): number => inside.filter(({ roles }) => roles.has(role)).length;
  return { n: count('numerator'), d: count('denominator') };
};

/** rules.md 3.2: the status of a subject at `t`; `counting` are the signals of the whole rule that count at `t`. */
export function measureRatio(
  term: Term,
  counting: readonly Known[],
  subjects: ReadonlyMap<string, Subject>,
  key: string,
  t: number,
): Measured {
  const pattern = term.rule.pattern as RatioPattern;
  const own = counting.filter((it) => it.key === key);
  const { n, d } = sumsOf(own, t - pattern.window, t);
  const reference = referenceOf(term, counting, own, subjects, key, t);
  const values = {
    ...{ n, d },
    ...(d === 0 ? {} : { value: n / d }),
    ...(reference.value === null ? {} : { reference: toDouble(reference.value) }),
    heldMs: 0,
    ...reference.values,
  };
  return { status: statusOf(pattern, n, d, reference.value), values };
}

function statusOf(pattern: RatioPattern, n: number, d: number, reference: Fraction | null): Measured['status'] {
  if (d < pattern.minSamples || d === 0 || reference === null) return 'unknown';
  if (reference.n === 0n) return 'recovered';
  const below = pattern.side === 'below';
  const line = (margin: Fraction): Fraction =>
    times(below ? minus(fraction(1), margin) : plus(fraction(1), margin), reference);
  const toBreach = compare(fraction(n, d), line(ofUnits(pattern.deviation)));
  if (below ? toBreach <= 0 : toBreach >= 0) return 'breach';
  const toRecover = compare(fraction(n, d), line(ofUnits(pattern.recover)));
  return (below ? toRecover >= 0 : toRecover <= 0) ? 'recovered' : 'between';
}

function referenceOf(
  { rule }: Term,
  counting: readonly Known[],
  own: readonly Known[],
  subjects: ReadonlyMap<string, Subject>,
  key: string,
  t: number,
): Reference {
  const pattern = rule.pattern as RatioPattern;
  const { window, minSamples } = pattern;
  if (pattern.against === 'number')
    return { value: ofUnits(pattern.number as NonNullable<typeof pattern.number>), values: {} };
  const enough = ({ d }: Sums): boolean => d >= minSamples && d > 0;
  if (pattern.against === 'cohort') {
    const { by, minMembers } = pattern.cohort as NonNullable<typeof pattern.cohort>;
    const group = (member: string): string => JSON.stringify(by.map((name) => subjects.get(member)?.[name]));
    const inside = counting.filter(({ signal }) => signal.occurredAt >= t - window && signal.occurredAt < t);
    const members = [...new Set(inside.map((it) => it.key))]
      .filter((member) => group(member) === group(key))
      .map((member) => ({
        member,
        sums: sumsOf(
          inside.filter((it) => it.key === member),
          t - window,
          t,
        ),
      }));
    const others = members.filter(({ member }) => member !== key);
    const total = others.reduce((sum, { sums }) => ({ n: sum.n + sums.n, d: sum.d + sums.d }), { n: 0, d: 0 });
    const withData = others.filter(({ sums }) => sums.d >= 1).length;
    const known = members.filter(({ sums }) => sums.d >= 1).length;
    if (withData < minMembers || !enough(total)) return { value: null, values: { members: known } };
    const values = { referenceN: total.n, referenceD: total.d, members: known };
    return { value: fraction(total.n, total.d), values };
  }
  const { weeks, minPoints, fallback } = pattern.baseline as NonNullable<typeof pattern.baseline>;
  const points: Fraction[] = [];
  for (let back = 1; back <= weeks; back++) {
    const end = exactInstant(rule.zone, wallOf(rule.zone, t) - back * week);
    if (end === undefined) continue;
    const point = sumsOf(own, end - window, end);
    if (enough(point)) points.push(fraction(point.n, point.d));
  }
  if (points.length >= minPoints) return { value: medianOf(points), values: {} };
  const past = sumsOf(own, t - window - fallback, t - window);
  if (!enough(past)) return { value: null, values: {} };
  return { value: fraction(past.n, past.d), values: { referenceN: past.n, referenceD: past.d } };
}

function medianOf(points: readonly Fraction[]): Fraction {
  const sorted = [...points].sort(compare);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as Fraction;
  if (sorted.length % 2 === 1) return upper;
  return times(plus(sorted[middle - 1] as Fraction, upper), fraction(1, 2));
}
