import { fieldColumn } from './fields.ts';
import { of, type Scope, within } from './scope.ts';
import { ms, whole } from './text.ts';

const minute = 60_000;
const day = 86_400_000;

/** What a pattern wants of a signal. */
export interface Wanted {
  readonly subject: readonly string[];
  /** Expressions over a row of `signals`, by the name of the column they make. */
  readonly columns: Readonly<Record<string, string>>;
  /** Expression over those columns: whether the signal has a role. */
  readonly matches: string;
  /** Ms: how far back the rule looks, and how late a signal may be. */
  readonly reach: number;
  readonly lateness: number;
}

/** `ticks`: the ticks that moved log time, as (partition, at in ms, tick_offset). */
export const ticksSql = (scope: Scope): string => `SELECT partition, at, tick_offset
    FROM (
      SELECT partition, toInt64(offset) AS tick_offset, ${ms('assumeNotNull(tick_at)')} AS at,
        max(at) OVER (PARTITION BY partition ORDER BY tick_offset ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS time_before
      FROM ${scope.database}.log
      WHERE ${within(scope)} AND record_type = 'Tick'
    )
    WHERE at > time_before`;

/**
 * `accepted`: the signals that a rule takes, one row each, as rules.md 2 has it: the first copy of an id within four
 * days, not too far ahead, with a role and the subject. Columns: partition, key (values of the subject), id, event_id,
 * o (occurredAt), arrived (T(arrival), 0 before the first tick), taken (the tick that takes it), is_too_old, and those
 * wanted. Instants in epoch ms. Reads `ticks`.
 */
export function acceptedSql(scope: Scope, { subject, columns, matches, reach, lateness }: Wanted): string {
  const names = Object.keys(columns);
  const own = names.map((name) => `${columns[name]} AS ${name}`).join(',\n        ');
  const list = ['key', 'has_subject', 'event_id', 'o', 'arrived', 'judged', 'offset', ...names];
  const fields = subject.map(fieldColumn);
  const signals = `${scope.database}.signals WHERE ${within(scope)}`;
  return `SELECT sent.partition AS partition, key, id, event_id, o, arrived, greatest(judged, reached.at) AS taken,
      o < if(arrived = 0, judged, arrived) - ${whole(reach + lateness)} AS is_too_old${names.map((name) => `, ${name}`).join('')}
    FROM (
      SELECT partition, signal_id AS id, ${list.map((name, i) => `copy.${i + 1} AS ${name}`).join(', ')}
      FROM (
        SELECT partition, signal_id,
          arraySort(copy -> copy.7, groupArray((${list.join(', ')}))) AS copies,
          arrayFold(
            (kept, copy) -> if(copy.6 > kept.1 + ${whole(4 * day)}, (copy.6, arrayPushBack(kept.2, copy.7)), kept),
            copies, (toInt64(-${4 * day}), emptyArrayInt64())).2 AS counted
        FROM (
          SELECT sent.*, previous.at AS arrived
          FROM (
            SELECT sent.*, judging.at AS judged
            FROM (
              SELECT partition, toInt64(offset) AS offset, signal_id, event_id, ${ms('occurred_at')} AS o,
                [${fields.map((field) => `ifNull(${field}, '')`).join(', ')}] AS key,
                ${fields.map((field) => `isNotNull(${field})`).join(' AND ')} AS has_subject,
                ${own}
              FROM ${signals}
                AND signal_id GLOBAL IN (SELECT signal_id FROM (SELECT signal_id, ${own} FROM ${signals}) WHERE ${matches})
            ) AS sent
            ASOF INNER JOIN ticks AS judging ON sent.partition = judging.partition AND sent.offset < judging.tick_offset
          ) AS sent
          ASOF LEFT JOIN ticks AS previous ON sent.partition = previous.partition AND sent.offset > previous.tick_offset
        )
        WHERE o <= judged + ${whole(5 * minute)}
        GROUP BY partition, signal_id
      )
      ARRAY JOIN arrayFilter(copy -> has(counted, copy.7), copies) AS copy
      WHERE copy.7 > ${of(scope, 'after')}
    ) AS sent
    ASOF INNER JOIN ticks AS reached ON sent.partition = reached.partition AND sent.o <= reached.at
    WHERE has_subject AND (${matches})`;
}
