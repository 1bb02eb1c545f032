import type { BreakerSpec, Decimal } from '@resonant/engine';
import { breakerSql } from './breaker.ts';
import type { OpenHours } from './calendar.ts';
import { firstFrom, instantOf } from './instants.ts';
import type { Scope } from './scope.ts';
import { whole, wide } from './text.ts';
import { whenSql } from './when.ts';
import { baseSql, runsSql } from './windows.ts';

/** rules.md 3.5, with durations in ms. */
export interface SurgeProof {
  readonly subject: readonly string[];
  readonly lateness: number;
  readonly grace: number;
  readonly hours: OpenHours | null;
  readonly when: string;
  readonly window: number;
  readonly every: number;
  readonly against: number;
  readonly factor: Decimal;
  readonly minCount: number;
  readonly minHistory: number;
  readonly breaker: BreakerSpec;
}

/** SQL that derives the openings and ends of a surge rule (columns: see derivation.ts). */
export function surgeSql(scope: Scope, rule: SurgeProof): string {
  const { subject, lateness, grace, hours, when, window, every, against, factor, minCount, minHistory, breaker } = rule;
  const instants = { kind: 'every', every } as const;
  const warm = window + minHistory;
  const statusOf = (sums: string, first: string): string =>
    `if(${first} != 0 AND ${instantOf(instants, 'k')} >= ${first} + ${whole(warm)} AND ${sums}[1] >= ${minCount}
        AND toInt256(${sums}[1]) * ${wide(BigInt(against) * 10n ** BigInt(factor.scale))} >= toInt256(${sums}[2]) * ${wide(factor.units * BigInt(window))}, 1, 2)`;
  return `WITH
  ${baseSql(scope, { subject, columns: { is_counted: whenSql(when) }, matches: 'is_counted', reach: window + against, lateness })},
  runs AS (${runsSql(scope, {
    instants,
    windows: [
      { from: 0, to: window, number: 0 },
      { from: window, to: window + against, number: 1 },
    ],
    count: 2,
    weights: ['1'],
    type: 'Int64',
    grace,
    lateness,
    edges: [firstFrom(instants, `o + ${whole(warm)}`)],
  })}),
  judged AS (SELECT *, a AS shown, arraySum(f) - arraySum(a) AS n_late, ${statusOf('a', 'first_a')} AS status_a, ${statusOf('f', 'first_f')} AS status_f FROM runs),
${breakerSql({
  instants,
  hours,
  grace,
  breaker,
  shown: 'Array(Int64)',
  values: (it) => `map('n', toString(${it}.3[1]), 'referenceN', toString(${it}.3[2]))`,
})}`;
}
