import { acceptedSql, ticksSql } from './accepted.ts';
import { fieldColumn } from './fields.ts';
import { of, type Scope } from './scope.ts';
import { whole } from './text.ts';
import { whenSql } from './when.ts';

/** rules.md 3.1, with durations in ms. */
export interface PairProof {
  readonly subject: readonly string[];
  readonly lateness: number;
  readonly a: string;
  readonly b: string;
  readonly within: number;
  readonly distinct: readonly string[];
  readonly order: 'any' | 'a-then-b';
  readonly strength: {
    readonly residual: number;
    readonly at: number;
    readonly neglectFactor: number;
    readonly touch: string | null;
    readonly expired: number;
    readonly lift: number;
  };
}

/**
 * SQL that derives every opening and every end of a pair rule's alerts from the signals, one row per alert
 * (columns: see derivation.ts).
 *
 * A pair is known from the tick on that takes the last signal it needs; episodes are folded over pairs and touches in
 * the order in which ticks made them known, so late signals are no exception here.
 */
export function pairSql(scope: Scope, rule: PairProof): string {
  const { residual, at, neglectFactor, touch, expired, lift } = rule.strength;
  const distinct = rule.distinct.map((name, i) => [`f${i}`, fieldColumn(name)] as const);
  const accepted = acceptedSql(scope, {
    subject: rule.subject,
    columns: {
      is_a: whenSql(rule.a),
      is_b: whenSql(rule.b),
      is_touch: touch === null ? '0' : whenSql(touch),
      ...Object.fromEntries(distinct),
    },
    matches: 'is_a OR is_b OR is_touch',
    reach: rule.within,
    lateness: rule.lateness,
  });
  const bInOrder = rule.order === 'any' ? '1' : 'earlier.o = later.o';
  const differ = distinct.map(([name]) => `isDistinctFrom(earlier.${name}, later.${name})`);
  const conditions = [
    '(earlier.o, earlier.id) < (later.o, later.id)',
    `later.o - earlier.o <= ${whole(rule.within)}`,
    `((earlier.is_a AND later.is_b) OR (earlier.is_b AND later.is_a AND ${bInOrder}))`,
    ...differ,
  ];
  const signal = (name: string): string => `(${name}.o, ${name}.id, ${name}.event_id)`;
  const shown = (items: string): string => `toString(abs(${items}[1].1 - ${items}[2].1) / 60000)`;
  return `WITH
  log(1 / ${residual}) / ${at} AS rate,
  ${neglectFactor} * rate AS neglect,
  log(1 / ${expired}) AS depth,
  toInt64(9000000000000000000) AS never,
  ticks AS (${ticksSql(scope)}),
  accepted AS (SELECT * FROM (${accepted}) WHERE NOT is_too_old),
  -- Each signal with the latest partner it has when it first has one.
  pairs AS (
    SELECT partition, key, at, id, known_at, partner.3 AS first, partner.4 AS is_a_first, second
    FROM (
      SELECT later.partition AS partition, later.key AS key, later.o AS at, later.id AS id, any(${signal('later')}) AS second,
        min(greatest(earlier.taken, later.taken)) AS known_at,
        arraySort(it -> it.3, groupArray((greatest(earlier.taken, later.taken), greatest(earlier.arrived, later.arrived),
          ${signal('earlier')}, earlier.is_a AND later.is_b))) AS candidates,
        arrayLast(it -> it.1 <= known_at, candidates) AS partner
      FROM accepted AS later
      INNER JOIN accepted AS earlier ON earlier.partition = later.partition AND earlier.key = later.key
      WHERE ${conditions.join('\n        AND ')}
      GROUP BY later.partition, later.key, later.o, later.id
    )
    WHERE at >= partner.2 - ${whole(rule.lateness)} AND at > ${of(scope, 'bornAt')}
  ),
  events AS (
    SELECT partition, key, known_at, 1 AS is_pair, at, id, first.1 AS since,
      [(first.1, first.2, first.3, if(is_a_first, 'a', 'b')), (second.1, second.2, second.3, if(is_a_first, 'b', 'a'))] AS evidence
    FROM pairs
    UNION ALL
    SELECT partition, key, taken AS known_at, 0 AS is_pair, o AS at, id, o AS since, [] AS evidence FROM accepted WHERE is_touch
  ),
  -- In the order in which ticks made them known, with the tick before; the end of the log stands last.
  subjects AS (
    SELECT partition, key, groupArrayIf((at, known_at), NOT is_pair) AS touches,
      arraySort(e -> (e.1, e.2, e.3, e.4), groupArray((known_at, is_pair, at, id, since, evidence, time_before))) AS known,
      any(last_tick) AS end
    FROM (
      SELECT e.partition AS partition, key, known_at, is_pair, e.at AS at, id, since, evidence, b.at AS time_before,
        e.last_tick AS last_tick
      FROM (
        SELECT e.*, z.at AS last_tick FROM (SELECT *, never AS forever FROM events) AS e
        ASOF LEFT JOIN ticks AS z ON e.partition = z.partition AND e.forever > z.at
      ) AS e
      ASOF LEFT JOIN ticks AS b ON e.partition = b.partition AND e.known_at > b.at
    )
    GROUP BY partition, key
  ),
  -- State: is open, since, last return to 1, first touch, last end, last event known, (opened, known, evidence), evidence, alerts.
  folded AS (
    SELECT partition, key,
      arrayFold((s, e) -> (
        (greatest(0, s.4 - s.3) AS untouched,
         s.3 + toInt64(ceil(if(depth / neglect <= untouched, depth / neglect, untouched + (depth - neglect * untouched) / rate) - 1e-6)) AS expiry,
         s.1 AND (expiry <= e.7 OR (e.2 AND expiry < e.3)) AS ends,
         e.2 AND (NOT s.1 OR ends) AND e.3 > if(ends, expiry, s.5) AS opens,
         e.2 AND s.1 AND NOT ends AND e.3 > s.3 AS returns),
        (opens OR (s.1 AND NOT ends),
         if(opens, e.5, s.2),
         if(opens OR returns, e.3, s.3),
         if(opens, arrayMin(arrayPushBack(arrayMap(t -> t.1, arrayFilter(t -> t.1 >= e.5 AND t.2 <= e.1, touches)), never)),
           if(e.2 OR e.3 < s.2, s.4, least(s.4, e.3))),
         if(ends, expiry, s.5),
         e.1,
         if(opens, (e.3, e.1, e.6), s.7),
         if(opens OR returns, e.6, s.8),
         if(ends, arrayPushBack(s.9, (s.7, expiry, if(expiry <= e.7, s.6, e.1), s.8, s.3, s.4)), s.9))).2,
      arrayPushBack(known, (never, 0, toInt64(-1), '', never, [], end)), ${empty}) AS state
    FROM subjects
  )
SELECT f.partition AS partition, key, 0 AS corrected_from, alert.1.1 AS opened_at, alert.1.2 AS opened_decided,
  map('strength', '1', 'lift', toString(toFloat64(${lift})), 'minutesBetween', ${shown('alert.1.3')}) AS opened_values,
  CAST(alert.1.3, 'Array(Tuple(Int64, String, String, String))') AS opened_evidence,
  alert.2 AS ended_at, greatest(alert.3, reached.at) AS ended_decided, 'expired' AS end_state,
  least(ended_at - alert.5, greatest(0, alert.6 - alert.5)) AS untouched,
  exp(-(neglect * untouched + rate * (ended_at - alert.5 - untouched))) AS strength,
  map('strength', toString(strength), 'lift', toString(1 + (${lift} - 1) * strength), 'minutesBetween', ${shown('alert.4')}) AS end_values,
  CAST(alert.4, 'Array(Tuple(Int64, String, String, String))') AS end_evidence
FROM (SELECT partition, key, arrayJoin(if(state.1, arrayPushBack(state.9, (state.7, 0, 0, state.8, 0, 0)), state.9)) AS alert FROM folded) AS f
ASOF LEFT JOIN ticks AS reached ON f.partition = reached.partition AND f.alert.2 <= reached.at`;
}

const evidence = 'Array(Tuple(Int64, String, String, String))';
const empty = `CAST((0, 0, 0, 0, 0, 0, (0, 0, []), [], []), 'Tuple(UInt8, Int64, Int64, Int64, Int64, Int64, Tuple(Int64, Int64, ${evidence}), ${evidence}, Array(Tuple(Tuple(Int64, Int64, ${evidence}), Int64, Int64, ${evidence}, Int64, Int64)))')`;
