import type { CompiledRule, Decimal, RatioPattern } from '@resonant/engine';
import { ruleDocument } from '@resonant/rules';
import { periodEnds } from '../periods.ts';
import { weekShifts } from '../shifts.ts';
import { fieldColumn } from '../sql/fields.ts';
import { NotCovered } from '../sql/not-covered.ts';
import { quoted } from '../sql/text.ts';
import { whenSql } from '../sql/when.ts';
import type { StoredAlert } from '../stored.ts';

/** Where the signals of an alert stand in its log: behind the rule's put, before the tick that decided. */
export interface Bounds {
  readonly after: number;
  readonly keyspace: string;
}

const day = 86_400_000;

/**
 * One statement that an analyst can paste: it counts the numbers of a transition again from the signals of its window, or
 * from its evidence, that stood in the log before the tick that decided it. Its columns are named as the stored values
 * are. `heldMs` and a strength are what came before, and are left to `verify`. Throws NotCovered for a rule that SQL
 * would read differently.
 */
export function proofSql(alert: StoredAlert, rule: CompiledRule, bounds: Bounds): string {
  const { document } = rule;
  const texts = ruleDocument.parse(typeof document === 'string' ? JSON.parse(document) : document).pattern;
  const { pattern } = rule;
  switch (pattern.kind) {
    case 'pair':
      return evidenceSql(
        alert,
        bounds,
        "abs(dateDiff('millisecond', min(occurred_at), max(occurred_at))) / 60000 AS minutesBetween",
      );
    case 'deadline':
      if (alert.evidence.length < 2) return evidenceSql(alert, bounds, 'count() AS starts');
      return evidenceSql(alert, bounds, "dateDiff('millisecond', min(occurred_at), max(occurred_at)) AS elapsedMs");
    case 'ratio': {
      const { numerator, denominator } = texts.ratio as NonNullable<typeof texts.ratio>;
      const roles = { is_n: whenSql(numerator.when), is_d: whenSql(denominator.when) };
      return windowSql(alert, bounds, furthest(alert.at, rule, pattern), roles, ratioColumns(alert, rule, pattern));
    }
    case 'threshold': {
      const { when } = texts.threshold as NonNullable<typeof texts.threshold>;
      const { measure, aggregate, window } = pattern;
      const has = measure === null ? '1' : `mapContains(measures, ${quoted(measure)})`;
      const number = measure === null ? '0' : `toDecimal256(toString(measures[${quoted(measure)}]), 18)`;
      const begin = typeof window === 'string' ? periodBegin(alert.at, window, rule.zone) : alert.at - window.window;
      const value = {
        count: 'count()',
        sum: 'sum(number)',
        mean: 'sum(number) / count()',
        min: 'min(number)',
        max: 'max(number)',
      }[aggregate];
      const columns = ['count() AS n', `toFloat64(${value}) AS value`, `${decimal(pattern.value)} AS reference`];
      return windowSql(
        alert,
        bounds,
        begin,
        { is_counted: `${whenSql(when)} AND ${has}`, number },
        columns,
        'is_counted AND is_own',
      );
    }
    case 'surge': {
      const { when } = texts.surge as NonNullable<typeof texts.surge>;
      const columns = [
        `countIf(${within(alert.at - pattern.window, alert.at)}) AS n`,
        `countIf(${within(alert.at - pattern.window - pattern.against, alert.at - pattern.window)}) AS referenceN`,
      ];
      return windowSql(
        alert,
        bounds,
        alert.at - pattern.window - pattern.against,
        { is_counted: whenSql(when) },
        columns,
        'is_counted AND is_own',
      );
    }
  }
}

const instant = (at: number): string => `fromUnixTimestamp64Milli(toInt64(${at}), 'UTC')`;
const within = (from: number, to: number): string => `occurred_at >= ${instant(from)} AND occurred_at < ${instant(to)}`;
const decimal = ({ units, scale }: Decimal): string => `${units} / ${10n ** BigInt(scale)}`;

const place = ({ logPartition, tickOffset }: StoredAlert, { keyspace, after }: Bounds): string =>
  `keyspace = ${quoted(keyspace)} AND partition = ${logPartition} AND offset > ${after} AND offset < ${tickOffset}`;

function evidenceSql(alert: StoredAlert, bounds: Bounds, column: string): string {
  const ids = alert.evidence.map(({ signalId }) => quoted(signalId)).join(', ');
  return `SELECT ${column}
FROM (
  SELECT signal_id, occurred_at FROM resonant.signals
  WHERE ${place(alert, bounds)} AND signal_id IN (${ids})
  ORDER BY offset LIMIT 1 BY signal_id
)`;
}

function windowSql(
  alert: StoredAlert,
  bounds: Bounds,
  from: number,
  roles: Readonly<Record<string, string>>,
  columns: readonly string[],
  where = '1',
): string {
  const own = Object.entries(alert.fields).map(
    ([name, value]) => `isNotDistinctFrom(${fieldColumn(name)}, ${quoted(value)})`,
  );
  const list = Object.entries(roles).map(([name, sql]) => `    ${sql} AS ${name},`);
  return `SELECT
  ${columns.join(',\n  ')}
FROM (
  SELECT *,
${list.join('\n')}
    ${own.join(' AND ')} AS is_own
  FROM resonant.signals
  WHERE ${place(alert, bounds)}
    AND ${within(from, alert.at)}
    -- Of the copies of a signal the first in the log counts.
    AND (signal_id, offset) GLOBAL IN (
      SELECT signal_id, min(offset) FROM resonant.signals
      WHERE keyspace = ${quoted(bounds.keyspace)} AND partition = ${alert.logPartition} AND offset < ${alert.tickOffset}
      GROUP BY signal_id
    )
)
WHERE ${where}`;
}

function furthest(at: number, { zone }: CompiledRule, { against, baseline, window, every }: RatioPattern): number {
  if (against !== 'baseline' || baseline === null) return at - window;
  const shifts = weekShifts(zone, baseline.weeks, every, { first: at, last: at });
  return Math.min(at - window - baseline.fallback, ...shifts.map(({ by }) => at - by - window));
}

function ratioColumns({ at, fields }: StoredAlert, rule: CompiledRule, pattern: RatioPattern): readonly string[] {
  const { window, every, against, cohort, baseline, number, minSamples } = pattern;
  const now = within(at - window, at);
  const own = [
    `countIf(is_n AND is_own AND ${now}) AS n`,
    `countIf(is_d AND is_own AND ${now}) AS d`,
    'n / d AS value',
  ];
  if (against === 'cohort' && cohort !== null) {
    const same = cohort.by
      .map((name) => `isNotDistinctFrom(${fieldColumn(name)}, ${quoted(fields[name] ?? '')})`)
      .join(' AND ');
    const whole = rule.subject.map((name) => `isNotNull(${fieldColumn(name)})`).join(' AND ');
    const others = `NOT is_own AND ${same} AND ${whole}`;
    const key = `(${rule.subject.map((name) => `ifNull(${fieldColumn(name)}, '')`).join(', ')})`;
    return [
      ...own,
      'referenceN / referenceD AS reference',
      `countIf(is_n AND ${others}) AS referenceN`,
      `countIf(is_d AND ${others}) AS referenceD`,
      `uniqExactIf(${key}, is_d AND ${same} AND ${whole}) AS members`,
    ];
  }
  if (against !== 'baseline' || baseline === null) return [...own, `${decimal(number as Decimal)} AS reference`];
  const weeks = weekShifts(rule.zone, baseline.weeks, every, { first: at, last: at }).filter(
    ({ since, until }) => since <= at && at < until,
  );
  const points = weeks.map(({ by }) => {
    const then = within(at - by - window, at - by);
    return `(countIf(is_n AND is_own AND ${then}), countIf(is_d AND is_own AND ${then}))`;
  });
  const past = within(at - window - baseline.fallback, at - window);
  return [
    ...own,
    `arraySort(arrayMap(point -> point.1 / point.2, arrayFilter(point -> point.2 >= ${minSamples} AND point.2 > 0, [${points.join(', ')}]))) AS points`,
    `countIf(is_n AND is_own AND ${past}) AS pastN`,
    `countIf(is_d AND is_own AND ${past}) AS pastD`,
    `if(length(points) >= ${baseline.minPoints}, (points[intDiv(length(points) + 1, 2)] + points[intDiv(length(points) + 2, 2)]) / 2, pastN / pastD) AS reference`,
    `if(length(points) >= ${baseline.minPoints}, NULL, pastN) AS referenceN`,
    `if(length(points) >= ${baseline.minPoints}, NULL, pastD) AS referenceD`,
  ];
}

/** Start of the period that ends at `at`. */
function periodBegin(at: number, period: 'day' | 'week' | 'month', zone: string): number {
  const ends = periodEnds(period, zone, { first: at - 40 * day, last: at });
  const begin = ends.filter((end) => end < at).at(-1);
  if (begin === undefined) throw new NotCovered(`the beginning of the ${period}`);
  return begin;
}
