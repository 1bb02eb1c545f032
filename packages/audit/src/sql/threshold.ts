import type { BreakerSpec, Decimal } from '@resonant/engine';
import { breakerSql } from './breaker.ts';
import type { OpenHours } from './calendar.ts';
import { extremesSql } from './extremes.ts';
import { firstFrom, type Instants } from './instants.ts';
import type { Scope } from './scope.ts';
import { quoted, wide } from './text.ts';
import { whenSql } from './when.ts';
import { baseSql, runsSql, type Windows } from './windows.ts';

/** rules.md 3.4, with durations in ms. */
export interface ThresholdProof {
  readonly subject: readonly string[];
  readonly lateness: number;
  readonly reach: number;
  readonly grace: number;
  readonly hours: OpenHours | null;
  readonly when: string;
  readonly measure: string | null;
  readonly aggregate: 'count' | 'sum' | 'mean' | 'min' | 'max';
  readonly instants: Instants;
  /** Length of a sliding window; a period's is its own. */
  readonly window: number;
  readonly side: 'below' | 'above';
  readonly value: Decimal;
  readonly recover: Decimal;
  readonly isPeriod: boolean;
  readonly minSamples: number;
  readonly breaker: BreakerSpec;
}

/** Decimal places that measures are summed with; a measure with more stops the query. */
const places = 18;
const scale = 10n ** BigInt(places);

/** SQL that derives the openings and ends of a threshold rule (columns: see derivation.ts). */
export function thresholdSql(scope: Scope, rule: ThresholdProof): string {
  const { subject, lateness, reach, grace, hours, when, measure, aggregate, instants, window, breaker } = rule;
  const counted = measure === null ? whenSql(when) : `(${whenSql(when)} AND mapContains(measures, ${quoted(measure)}))`;
  const units = measure === null || aggregate === 'count' ? "toInt256('0')" : unitsOf(measure);
  const spec: Windows = {
    instants,
    windows: [{ from: 0, to: window, number: 0 }],
    count: 1,
    weights: ["toInt256('1')", 'units'],
    type: 'Int256',
    grace,
    lateness,
    edges: [firstFrom(instants, 'o')],
  };
  const isExtreme = aggregate === 'min' || aggregate === 'max';
  return `WITH
  ${baseSql(scope, { subject, columns: { is_counted: counted, units }, matches: 'is_counted', reach, lateness })},
  runs AS (${isExtreme ? extremesSql(scope, spec, aggregate) : runsSql(scope, spec)}),
  judged AS (SELECT *, a AS shown, f[1] - a[1] AS n_late, ${statusSql(rule, 'a', 'first_a')} AS status_a, ${statusSql(rule, 'f', 'first_f')} AS status_f FROM runs),
${breakerSql({ instants, hours, grace, breaker, shown: 'Array(Int256)', values: shownValues(rule) })}`;
}

/** A measure in units of 10^-places: the decimal that its shortest text names. */
function unitsOf(measure: string): string {
  const text = `toString(measures[${quoted(measure)}])`;
  const decimal = `toDecimal256OrZero(${text}, ${places})`;
  const exact = `throwIf(toFloat64(${decimal}) != measures[${quoted(measure)}], 'measure-not-exact') = 0`;
  return `if(mapContains(measures, ${quoted(measure)}) AND ${exact}, toInt256(${decimal} * toDecimal256('${scale}', 0)), toInt256('0'))`;
}

/** Value against limit as integers: for a mean the sum against the limit times the count. */
function statusSql(
  { aggregate, side, value, recover, isPeriod, minSamples }: ThresholdProof,
  sums: string,
  first: string,
): string {
  const count = `${sums}[1]`;
  const number = aggregate === 'count' ? `${count} * ${wide(scale)}` : `${sums}[2]`;
  const samples = aggregate === 'mean' ? ` * ${count}` : '';
  const against = (limit: Decimal, comparison: string): string =>
    `${number} * ${wide(10n ** BigInt(limit.scale))} ${comparison} ${wide(limit.units * scale)}${samples}`;
  const needsOne = aggregate === 'count' || aggregate === 'sum' ? '' : ` OR ${count} = 0`;
  const breach = against(value, side === 'below' ? '<' : '>');
  const recovered = isPeriod ? '1' : against(recover, side === 'below' ? '>=' : '<=');
  return `multiIf(${first} = 0 OR ${count} < ${minSamples}${needsOne}, 0, ${breach}, 1, ${recovered}, 2, 3)`;
}

function shownValues({ aggregate, value }: ThresholdProof): (it: string) => string {
  return (it) => {
    const [count, sum] = [`${it}.3[1]`, `${it}.3[2]`];
    const number =
      aggregate === 'count'
        ? `toString(${count})`
        : `concat(toString(${sum}), '/', toString(${wide(scale)}${aggregate === 'mean' ? ` * ${count}` : ''}))`;
    const known = aggregate === 'count' || aggregate === 'sum' ? '1' : `${count} > 0`;
    const reference = quoted(`${value.units}/${10n ** BigInt(value.scale)}`);
    return `mapConcat(map('n', toString(${count}), 'reference', ${reference}, 'heldMs', toString(${it}.2)),
      if(${known}, map('value', ${number}), CAST(map(), 'Map(String, String)')))`;
  };
}
