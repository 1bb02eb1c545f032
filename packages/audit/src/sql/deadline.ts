import { acceptedSql, ticksSql } from './accepted.ts';
import { hoursSql, type OpenHours } from './calendar.ts';
import { of, type Scope } from './scope.ts';
import { whole } from './text.ts';
import { whenSql } from './when.ts';

/** rules.md 3.3, with durations in ms. */
export interface DeadlineProof {
  readonly subject: readonly string[];
  readonly lateness: number;
  readonly start: string;
  readonly stop: string;
  readonly within: number;
  readonly hours: OpenHours | null;
}

/**
 * SQL that derives the openings and ends of a deadline rule (columns: see derivation.ts). A subject is corrected from
 * the instant of the first signal that was taken after a deadline at or behind it had been decided, or after a later
 * stop had answered what it would have answered.
 */
export function deadlineSql(scope: Scope, { subject, lateness, start, stop, within, hours }: DeadlineProof): string {
  const accepted = acceptedSql(scope, {
    subject,
    columns: { is_start: whenSql(start), is_stop: whenSql(stop) },
    matches: 'is_start OR is_stop',
    reach: within,
    lateness,
  });
  const dueAt =
    hours === null || within === 0
      ? `SELECT *, o + ${whole(within)} AS due_at FROM accepted`
      : `SELECT s.*, h.opens + (used - h.passed) AS due_at
         FROM (
           SELECT s.*, h.passed + least(s.o - h.opens, h.length) + ${whole(within)} AS used
           FROM (SELECT *, 1 AS one FROM accepted) AS s ASOF LEFT JOIN hours AS h ON s.one = h.one AND s.o >= h.opens
         ) AS s
         ASOF LEFT JOIN hours AS h ON s.one = h.one AND s.used > h.passed`;
  return `WITH
  toInt64(9000000000000000000) AS never,
  ticks AS (${ticksSql(scope)}),
  ${hours === null ? '' : `hours AS (${hoursSql(hours)}),`}
  accepted AS (${accepted}),
  due AS (
    SELECT s.*, if(t.at = 0, never, greatest(t.at, s.taken)) AS decided
    FROM (${dueAt}) AS s
    ASOF LEFT JOIN ticks AS t ON s.partition = t.partition AND s.due_at <= t.at
  ),
  subjects AS (
    SELECT partition, key,
      groupArray((o, taken, id, is_stop AND is_too_old)) AS signals,
      groupArrayIf((due_at, decided, id, o), is_start AND NOT is_too_old) AS starts,
      groupArrayIf((o, taken), is_stop AND NOT is_too_old) AS stops,
      arraySort(e -> (e.1, e.2, e.3), arrayConcat(
        groupArrayIf((o, 0, id, event_id, taken, due_at, decided), is_start AND NOT is_too_old),
        groupArrayIf((o, 1, id, event_id, taken, due_at, decided), is_stop AND NOT is_too_old),
        [(never, 2, '', '', never, never, never)])) AS events,
      arrayMin(arrayPushBack(arrayMap(s -> s.1, arrayFilter(
        s -> s.4 OR arrayExists(u -> u.1 >= s.1 AND u.2 < s.2 AND (u.3, u.4) != (s.3, s.1), starts), signals)), never)) AS late_from
    FROM due
    GROUP BY partition, key
  ),
  -- State: is running, its start, due_at of the alert said last, alerts as (start, stop).
  folded AS (
    SELECT partition, key, late_from, stops,
      arrayFold((s, e) -> (
        (e.2 > 0 AND s.1 AND s.2.6 < e.1 AND s.2.6 > ${of(scope, 'bornAt')} AND s.2.7 != never AND s.2.6 != s.3 AS opens),
        (if(e.2 = 0, 1, 0)::UInt8,
         if(e.2 = 0 AND NOT s.1, e, s.2),
         if(opens, s.2.6, s.3),
         if(opens, arrayPushBack(s.4, (s.2, e)), s.4))
      ).2, events, CAST((0, ${nothing}, 0, []), 'Tuple(UInt8, ${event}, Int64, Array(Tuple(${event}, ${event})))')).4 AS alerts
    FROM subjects
  ),
  -- A stop that came when a later one had answered.
  answered AS (
    SELECT partition, key, alerts,
      arrayMin(arrayPushBack(arrayMap(each -> each.2.1, arrayFilter(each -> arrayExists(stop -> stop.1 > each.2.1 AND stop.2 < each.2.5, stops), alerts)), late_from)) AS corrected_from
    FROM folded
  )
SELECT partition, key, if(corrected_from = never, 0, corrected_from) AS corrected_from,
  alert.1.6 AS opened_at, alert.1.7 AS opened_decided, CAST(map(), 'Map(String, String)') AS opened_values,
  CAST([(alert.1.1, alert.1.3, alert.1.4, 'start')], 'Array(Tuple(Int64, String, String, String))') AS opened_evidence,
  if(alert.2.2 = 1, alert.2.1, 0) AS ended_at, greatest(alert.1.7, alert.2.5) AS ended_decided, 'answered' AS end_state,
  map('elapsedMs', toString(alert.2.1 - alert.1.1)) AS end_values,
  if(ended_at = 0, opened_evidence, CAST(arrayPushBack(opened_evidence, (alert.2.1, alert.2.3, alert.2.4, 'stop')), 'Array(Tuple(Int64, String, String, String))')) AS end_evidence
FROM (SELECT partition, key, corrected_from, arrayJoin(if(corrected_from != never OR empty(alerts), arrayPushBack(alerts, (${nothing}, ${nothing})), alerts)) AS alert FROM answered)
WHERE opened_at != 0 OR corrected_from != 0`;
}

const event = 'Tuple(Int64, UInt8, String, String, Int64, Int64, Int64)';
const nothing = `CAST((0, 0, '', '', 0, 0, 0), '${event}')`;
