import type { BreakerSpec } from '@resonant/engine';
import { hoursSql, type OpenHours } from './calendar.ts';
import { type Instants, instantOf } from './instants.ts';
import { whole } from './text.ts';

/** 0 unknown, 1 breach, 2 recovered, 3 between. */
export const status = { unknown: 0, breach: 1, recovered: 2, between: 3 } as const;

/** What the hold clock and the breaker need beside the status of each instant. */
export interface BreakerProof {
  readonly instants: Instants;
  readonly hours: OpenHours | null;
  readonly grace: number;
  readonly breaker: BreakerSpec;
  /** Type of `shown`. */
  readonly shown: string;
  /** Text of a Map(String, String) of the numbers of `it`: (t, heldMs, shown). */
  readonly values: (it: string) => string;
}

/**
 * From `judged` (partition, key, k, next, status_a, status_f, n_late, shown) to one row per alert. With two late counts
 * at an instant the status between them may be a third, so nothing is claimed from there on. An instant lives if its
 * status can move the clock or the breaker: of a span of recovered instants the first is enough, and of unknown ones
 * those up to where the longest limit has passed.
 *
 * A half-open breaker closes as an open one does, so openings and ends do not need it.
 */
export function breakerSql({ instants, hours, grace, breaker, shown, values }: BreakerProof): string {
  const { hold, cooldown, noData, words } = breaker;
  const { policy, limit, close } = noData;
  const every = instants.kind === 'every' ? instants.every : null;
  const longest = Math.max(limit ?? 0, close ?? 0);
  const isSparse = hours === null && every !== null;
  const last = isSparse
    ? `multiIf(status_a = 2, k, status_a = 0, least(next - 1, greatest(k, unknown_from + ${Math.ceil(longest / every)})), next - 1)`
    : 'next - 1';
  const dated =
    hours === null
      ? `SELECT *, t AS c FROM instants`
      : `SELECT i.*, h.passed + i.t - h.opens AS c
         FROM instants AS i ASOF INNER JOIN hours AS h ON i.one = h.one AND i.t >= h.opens
         WHERE i.t < h.opens + h.length`;
  const clears = policy === 'pause' && limit !== null ? `unknown_for >= ${whole(limit)}` : '0';
  return `  instants AS (
    SELECT partition, key, corrected_from, ${instantOf(instants, 'n')} AS t, status_a, shown, 1 AS one
    FROM (
      SELECT partition, key, corrected_from, status_a, shown, arrayJoin(range(k, ${last} + 1)) AS n
      FROM (
        SELECT partition, key, k, next, status_a, shown,
          greatest(max(if(status_a != 0, next, 0)) OVER (PARTITION BY partition, key ORDER BY k ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            min(k) OVER (PARTITION BY partition, key)) AS unknown_from,
          min(if(status_a != status_f OR n_late > 1, ${instantOf(instants, 'k')}, toInt64(9000000000000000000))) OVER (PARTITION BY partition, key) AS corrected_from
        FROM judged
      )
    )
  ),
  ${hours === null ? '' : `hours AS (${hoursSql(hours)}),`}
  -- State: is open, clock (-1 none), whether it counts, unknown since (-1 no), last end (-1 none), instant before, opening, alerts.
  folded AS (
    SELECT partition, key, corrected_from,
      arrayFold((s, e) -> (
        (if(e.3 = 0, if(s.4 < 0, e.2, s.4), toInt64(-1)) AS unknown_since,
         if(e.3 = 0, e.2 - unknown_since, toInt64(0)) AS unknown_for,
         e.3 = 1 OR (e.3 = 0 AND s.3 AND ${policy === 'count' ? 1 : 0}) AS adds,
         s.1 AND e.3 = 0 AND ${close === null ? '0' : `unknown_for >= ${whole(close)}`} AS is_out_of_data,
         multiIf(
           is_out_of_data, toInt64(-1),
           adds, if(s.2 < 0, toInt64(0), s.2 + if(s.3, e.2 - s.6, toInt64(0))),
           e.3 = 0 AND ${policy === 'reset' ? '0' : `NOT (${clears})`}, s.2,
           toInt64(-1)) AS clock,
         s.1 AND (e.3 = 2 OR is_out_of_data) AS ends,
         NOT s.1 AND e.3 = 1 AND clock >= ${whole(hold)} AND (s.5 < 0 OR e.2 - s.5 >= ${whole(cooldown)}) AS opens),
        (opens OR (s.1 AND NOT ends),
         clock,
         adds AND NOT is_out_of_data,
         unknown_since,
         if(ends, e.2, s.5),
         e.2,
         if(opens, (e.1, greatest(clock, 0), e.4), s.7),
         if(ends, arrayPushBack(s.8, (s.7, (e.1, greatest(clock, 0), e.4), is_out_of_data)), s.8))).2,
      arraySort(e -> e.1, groupArray((t, c, status_a, shown))),
      CAST((0, -1, 0, -1, -1, 0, (0, 0, []), []), 'Tuple(UInt8, Int64, UInt8, Int64, Int64, Int64, Tuple(Int64, Int64, ${shown}), Array(Tuple(Tuple(Int64, Int64, ${shown}), Tuple(Int64, Int64, ${shown}), UInt8)))')) AS breaker_state
    FROM (${dated})
    GROUP BY partition, key, corrected_from
  ),
  alerts AS (
    SELECT partition, key, if(corrected_from > 8000000000000000000, 0, corrected_from) AS corrected_from,
      arrayJoin(arrayConcat(breaker_state.8, if(breaker_state.1, [(breaker_state.7, ${none(shown)}, 0)], []), if(corrected_from != 0, [(${none(shown)}, ${none(shown)}, 0)], []))) AS alert,
      alert.1 AS opening, alert.2 AS ending, opening.1 + ${whole(grace)} AS opening_due, ending.1 + ${whole(grace)} AS ending_due
    FROM folded
  )
SELECT x.partition AS partition, key, corrected_from, opening.1 AS opened_at, x.opening_tick AS opened_decided, ${values('opening')} AS opened_values,
  CAST([], 'Array(Tuple(Int64, String, String, String))') AS opened_evidence,
  ending.1 AS ended_at, ending_tick.at AS ended_decided, if(alert.3, 'no-data', '${words.closed}') AS end_state,
  ${values('ending')} AS end_values, opened_evidence AS end_evidence
FROM (
  SELECT y.*, opening_tick.at AS opening_tick
  FROM alerts AS y ASOF LEFT JOIN ticks AS opening_tick ON y.partition = opening_tick.partition AND y.opening_due <= opening_tick.at
) AS x
ASOF LEFT JOIN ticks AS ending_tick ON x.partition = ending_tick.partition AND x.ending_due <= ending_tick.at
WHERE opened_at != 0 OR corrected_from != 0`;
}

const none = (shown: string): string => `CAST((0, 0, []), 'Tuple(Int64, Int64, ${shown})')`;
