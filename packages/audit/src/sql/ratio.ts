import type { BreakerSpec, Decimal } from '@resonant/engine';
import { breakerSql } from './breaker.ts';
import type { OpenHours } from './calendar.ts';
import { cohortSql } from './cohort.ts';
import type { Scope } from './scope.ts';
import { wide } from './text.ts';
import { whenSql } from './when.ts';
import { baseSql, runsSql, type Window } from './windows.ts';

/** What a ratio is compared with; durations in ms. */
export type Against =
  | { readonly kind: 'number'; readonly number: Decimal }
  /** Places of the `by` fields in the subject, counted from 1. */
  | { readonly kind: 'cohort'; readonly by: readonly number[]; readonly minMembers: number }
  | {
      readonly kind: 'baseline';
      readonly weeks: number;
      readonly minPoints: number;
      readonly fallback: number;
      /** For each week back: by how much a window is shifted, for the instants in [since, until). */
      readonly shifts: readonly {
        readonly week: number;
        readonly by: number;
        readonly since: number;
        readonly until: number;
      }[];
    };

/** rules.md 3.2, with durations in ms. */
export interface RatioProof {
  readonly subject: readonly string[];
  readonly lateness: number;
  readonly reach: number;
  readonly grace: number;
  readonly hours: OpenHours | null;
  readonly numerator: string;
  readonly denominator: string;
  readonly window: number;
  readonly every: number;
  readonly against: Against;
  readonly side: 'below' | 'above';
  readonly deviation: Decimal;
  readonly recover: Decimal;
  readonly minSamples: number;
  readonly breaker: BreakerSpec;
}

/** A ratio and its reference as SQL expressions; `isKnown` tells whether there is a reference. */
interface Compared {
  readonly n: string;
  readonly d: string;
  readonly referenceN: string;
  readonly referenceD: string;
  readonly isKnown: string;
}

/** SQL that derives the openings and ends of a ratio rule (columns: see derivation.ts). */
export function ratioSql(scope: Scope, rule: RatioProof): string {
  const { subject, lateness, reach, grace, hours, window, every, against, breaker } = rule;
  const instants = { kind: 'every', every } as const;
  const base = baseSql(scope, {
    subject,
    columns: { is_n: whenSql(rule.numerator), is_d: whenSql(rule.denominator) },
    matches: 'is_n OR is_d',
    reach,
    lateness,
  });
  const windows = {
    instants,
    windows: [{ from: 0, to: window, number: 0 }, ...baselineWindows(rule)],
    count: against.kind === 'baseline' ? against.weeks + 2 : 1,
    weights: ['is_n', 'is_d'],
    type: 'Int64',
    grace,
    lateness,
    edges: [],
  } as const;
  const runs = against.kind === 'cohort' ? cohortSql(scope, windows, against.by) : runsSql(scope, windows);
  // The reference is made before the status, or its text would stand there many times over.
  const measured = `SELECT partition, key, k, next, arraySum(f) - arraySum(a) AS n_late, ${pointsOf(rule, 'a')} AS compared_a, ${pointsOf(rule, 'f')} AS compared_f FROM runs`;
  const compared = (name: string): Compared => ({
    n: `${name}.1`,
    d: `${name}.2`,
    referenceN: `${name}.3`,
    referenceD: `${name}.4`,
    isKnown: `${name}.5`,
  });
  return `WITH
  ${base},
  runs AS (${runs}),
  measured AS (${measured}),
  judged AS (
    SELECT partition, key, k, next, n_late, ${statusSql(rule, compared('compared_a'))} AS status_a, ${statusSql(rule, compared('compared_f'))} AS status_f,
      [compared_a.1, compared_a.2, compared_a.3, compared_a.4, compared_a.5, compared_a.6, compared_a.7] AS shown
    FROM measured
  ),
${breakerSql({ instants, hours, grace, breaker, shown: 'Array(Int256)', values: shownValues(against) })}`;
}

function baselineWindows({ against, window }: RatioProof): readonly Window[] {
  if (against.kind !== 'baseline') return [];
  return [
    ...against.shifts.map(({ week, by, since, until }) => ({ from: by, to: by + window, since, until, number: week })),
    { from: window, to: window + against.fallback, number: against.weeks + 1 },
  ];
}

/** (n, d, reference n, reference d, is known, is the reference a sum, members), all Int256, from the sums of one view. */
function pointsOf({ against, minSamples }: RatioProof, sums: string): string {
  const tuple = (...parts: readonly string[]): string => `(${parts.map((part) => `toInt256(${part})`).join(', ')})`;
  const enough = (d: string): string => `(${d} >= ${minSamples} AND ${d} > 0)`;
  const own = [`${sums}[1]`, `${sums}[2]`] as const;
  switch (against.kind) {
    case 'number':
      return tuple(...own, `'${against.number.units}'`, `'${10n ** BigInt(against.number.scale)}'`, '1', '0', '0');
    case 'cohort': {
      // Sums of a cohort: own n and d, those of all members, and how many members have d.
      const [n, d] = [`${sums}[3] - ${sums}[1]`, `${sums}[4] - ${sums}[2]`];
      const others = `${sums}[5] - (${sums}[2] > 0)`;
      return tuple(...own, n, d, `${others} >= ${against.minMembers} AND ${enough(`(${d})`)}`, '1', `${sums}[5]`);
    }
    case 'baseline': {
      const points = Array.from(
        { length: against.weeks },
        (_, i) => `(toInt256(${sums}[${2 * i + 3}]), toInt256(${sums}[${2 * i + 4}]))`,
      );
      const [n, d] = [`${sums}[${2 * against.weeks + 3}]`, `${sums}[${2 * against.weeks + 4}]`];
      return `arrayMap(points -> multiIf(
          length(points) >= ${against.minPoints} AND length(points) % 2 = 1,
            ${tuple(...own, 'points[intDiv(length(points), 2) + 1].1', 'points[intDiv(length(points), 2) + 1].2', '1', '0', '0')},
          length(points) >= ${against.minPoints},
            ${tuple(
              ...own,
              'points[intDiv(length(points), 2)].1 * points[intDiv(length(points), 2) + 1].2 + points[intDiv(length(points), 2) + 1].1 * points[intDiv(length(points), 2)].2',
              '2 * points[intDiv(length(points), 2)].2 * points[intDiv(length(points), 2) + 1].2',
              ...['1', '0', '0'],
            )},
          ${tuple(...own, n, d, enough(d), '1', '0')}),
        [arraySort(point -> toFloat64(point.1) / toFloat64(point.2), arrayFilter(point -> ${enough('point.2')}, [${points.join(', ')}]))])[1]`;
    }
  }
}

function statusSql(
  { side, deviation, recover, minSamples }: RatioProof,
  { n, d, referenceN, referenceD, isKnown }: Compared,
): string {
  const line = ({ units, scale }: Decimal, comparison: string): string => {
    const whole = 10n ** BigInt(scale);
    return `${n} * ${referenceD} * ${wide(whole)} ${comparison} ${wide(side === 'below' ? whole - units : whole + units)} * ${referenceN} * ${d}`;
  };
  return `multiIf(${d} < ${minSamples} OR ${d} = 0 OR ${isKnown} = 0, 0, ${referenceN} = 0, 2,
        ${line(deviation, side === 'below' ? '<=' : '>=')}, 1, ${line(recover, side === 'below' ? '>=' : '<=')}, 2, 3)`;
}

function shownValues(against: Against): (it: string) => string {
  return (it) => {
    const at = (place: number): string => `${it}.3[${place}]`;
    const parts = [
      `map('n', toString(${at(1)}), 'd', toString(${at(2)}), 'heldMs', toString(${it}.2))`,
      `if(${at(2)} > 0, map('value', concat(toString(${at(1)}), '/', toString(${at(2)}))), CAST(map(), 'Map(String, String)'))`,
      `if(${at(5)} = 1, map('reference', concat(toString(${at(3)}), '/', toString(${at(4)}))), CAST(map(), 'Map(String, String)'))`,
      `if(${at(5)} = 1 AND ${at(6)} = 1, map('referenceN', toString(${at(3)}), 'referenceD', toString(${at(4)})), CAST(map(), 'Map(String, String)'))`,
    ];
    if (against.kind === 'cohort') parts.push(`map('members', toString(${at(7)}))`);
    return `mapConcat(${parts.map((part) => `CAST(${part}, 'Map(String, String)')`).join(', ')})`;
  };
}
