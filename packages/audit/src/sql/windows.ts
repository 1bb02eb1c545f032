import { acceptedSql, ticksSql, type Wanted } from './accepted.ts';
import { countsFrom, firstAfter, firstFrom, type Instants, lastUpTo } from './instants.ts';
import { of, type Scope } from './scope.ts';
import { whole } from './text.ts';

/** The window of an instant t that a signal at o lies in: o + from < t ≤ o + to, and t in [since, until) where given. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly since?: number;
  readonly until?: number;
  /** Which of the windows of an instant, counted from 0. */
  readonly number: number;
}

/** What is summed over which windows. */
export interface Windows {
  readonly instants: Instants;
  readonly windows: readonly Window[];
  /** Windows per instant. */
  readonly count: number;
  /** Columns of `accepted` that are summed in each window. */
  readonly weights: readonly string[];
  readonly type: 'Int64' | 'Int256';
  readonly grace: number;
  readonly lateness: number;
  /** Numbers of instants at which something can change besides; expressions over `accepted`. */
  readonly edges: readonly string[];
}

/** `ticks`, `bounds` (partition, last_tick) and `accepted`. */
export const baseSql = (scope: Scope, wanted: Wanted): string => `ticks AS (${ticksSql(scope)}),
  bounds AS (SELECT partition, max(at) AS last_tick FROM ticks GROUP BY partition),
  accepted AS (SELECT * FROM (${acceptedSql(scope, wanted)}) WHERE NOT is_too_old)`;

/**
 * The edges of every signal: an array of (k, sign, window, view), where `sign` times its weights is added to a window
 * from instant k on. View 0 is what was known when an instant was decided, view 1 what counts after all corrections.
 */
export function edgesSql(scope: Scope, { instants, windows, grace, lateness, edges }: Windows): string {
  const from = countsFrom(scope, instants, { grace, lateness });
  const [first, second] = [from.decided, from.corrected];
  const list = windows.flatMap(({ from: lower, to: upper, since, until, number }) => {
    const lowest = firstAfter(instants, `o + ${whole(lower)}`);
    const low = since === undefined ? lowest : `greatest(${lowest}, ${firstFrom(instants, whole(since))})`;
    const highest = instants.kind === 'ends' ? firstAfter(instants, 'o') : lastUpTo(instants, `o + ${whole(upper)}`);
    const high = until === undefined ? highest : `least(${highest}, ${lastUpTo(instants, whole(until - 1))})`;
    return [first, second].map((start, view) => {
      const begin = `greatest(${low}, ${start})`;
      return `if(${begin} <= ${high}, [(${begin}, 1, ${number}, ${view}), (${high} + 1, -1, ${number}, ${view})], [])`;
    });
  });
  const marks = edges.flatMap((edge) =>
    [first, second].map((start, view) => `(greatest(${edge}, ${start}), 0, 0, ${view})`),
  );
  const known = [first, second].map(
    (start, view) => `(greatest(${firstFrom(instants, 'o')}, ${start}), 1, -1, ${view})`,
  );
  return `arrayConcat([${[...known, ...marks].join(', ')}], ${list.join(',\n        ')})`;
}

/**
 * `runs`: per subject the spans of instants over which no sum changes: partition, key, k (first), next (exclusive), a and
 * f (sums by window, weight by weight; view 0 and view 1), first_a and first_f (occurredAt of the first signal known,
 * 0 = none). Reads `accepted` and `bounds`.
 */
export function runsSql(scope: Scope, spec: Windows): string {
  const { count, weights, type, instants, grace } = spec;
  const zeros = `CAST([${Array.from({ length: count * weights.length }, () => 0).join(', ')}], 'Array(${type})')`;
  const vector = `CAST([${Array.from({ length: count }, (_, i) =>
    weights.map((weight) => `if(edge.3 = ${i}, edge.2 * ${weight}, 0)`),
  )
    .flat()
    .join(', ')}], 'Array(${type})')`;
  return `SELECT partition, key, k, next, a, f, if(first_a = never, 0, first_a) AS first_a, if(first_f = never, 0, first_f) AS first_f
    FROM (
      SELECT c.partition AS partition, key, k, toInt64(9000000000000000000) AS never,
        least(leadInFrame(k, 1, never) OVER whole, ${lastUpTo(instants, `last_tick - ${whole(grace)}`)} + 1) AS next,
        sumForEach(c.change_a) OVER so_far AS a, sumForEach(c.change_f) OVER so_far AS f,
        min(c.known_a) OVER so_far AS first_a, min(c.known_f) OVER so_far AS first_f
      FROM (
        SELECT partition, key, edge.1 AS k,
          sumForEach(if(edge.4 = 0, ${vector}, ${zeros})) AS change_a, sumForEach(if(edge.4 = 1, ${vector}, ${zeros})) AS change_f,
          min(if(edge.4 = 0 AND edge.3 = -1, o, toInt64(9000000000000000000))) AS known_a,
          min(if(edge.4 = 1 AND edge.3 = -1, o, toInt64(9000000000000000000))) AS known_f
        FROM (SELECT *, arrayJoin(${edgesSql(scope, spec)}) AS edge FROM accepted)
        GROUP BY partition, key, k
      ) AS c
      INNER JOIN bounds ON bounds.partition = c.partition
      WINDOW so_far AS (PARTITION BY c.partition, key ORDER BY k), whole AS (PARTITION BY c.partition, key ORDER BY k ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    )
    WHERE next > k`;
}

/** The offsets that a scope's rule was put at, for what is asked of a stretch. */
export const bornAt = (scope: Scope): string => of(scope, 'bornAt');
