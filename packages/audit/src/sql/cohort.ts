import { lastUpTo } from './instants.ts';
import type { Scope } from './scope.ts';
import { whole } from './text.ts';
import { edgesSql, type Windows } from './windows.ts';

/**
 * `runs` of a rule that compares with a cohort: as `runsSql`, but cut wherever a sum of any member of the cohort
 * changes, and with a and f = (own n, own d, n and d of the whole cohort, members with d > 0). `by` are the places of
 * the cohort's fields in the subject, counted from 1.
 */
export function cohortSql(scope: Scope, windows: Windows, by: readonly number[]): string {
  const { instants, grace } = windows;
  const sums = ['a_n', 'a_d', 'f_n', 'f_d'] as const;
  const change = (view: number, weight: string): string =>
    `sum(if(edge.4 = ${view} AND edge.3 = 0, edge.2 * ${weight}, 0))`;
  const total = (
    view: string,
  ): string => `arrayMap((n, d, all_n, all_d, members) -> [n, d, all_n, all_d, members], ${view}_n, ${view}_d,
            sumForEach(${view}_n) OVER cohort, sumForEach(${view}_d) OVER cohort, sumForEach(arrayMap(d -> toInt64(d > 0), ${view}_d)) OVER cohort)`;
  return `SELECT partition, key, run.1 AS k, run.2 AS next, run.3 AS a, run.4 AS f
    FROM (
      SELECT member.partition AS partition, key,
        arrayJoin(arrayFilter(each -> each.2 > each.1, arrayZip(
          points,
          arrayMap(each -> least(each, ${lastUpTo(instants, `last_tick - ${whole(grace)}`)} + 1), arrayPushBack(arrayPopFront(points), toInt64(9000000000000000000))),
          ${total('a')},
          ${total('f')}))) AS run
      FROM (
        -- What a member's sums are at each point of its cohort: behind its own changes at the same k.
        SELECT partition, key, cohort_key, points,
          arraySort(each -> (each.1, each.2), arrayConcat(changes, arrayMap(point -> (point, 1, toInt64(0), toInt64(0), toInt64(0), toInt64(0)), points))) AS steps,
          ${sums.map((name, i) => `arrayFilter((sum, each) -> each.2 = 1, arrayCumSum(arrayMap(each -> each.${i + 3}, steps)), steps) AS ${name}`).join(',\n          ')}
        FROM (
          SELECT partition, key, cohort_key, changes,
            arraySort(arrayDistinct(arrayFlatten(groupArray(arrayMap(each -> each.1, changes)) OVER (PARTITION BY partition, cohort_key)))) AS points
          FROM (
            SELECT partition, key, [${by.map((place) => `key[${place}]`).join(', ')}] AS cohort_key,
              groupArray((k, 0, toInt64(a_n), toInt64(a_d), toInt64(f_n), toInt64(f_d))) AS changes
            FROM (
              SELECT partition, key, edge.1 AS k,
                ${change(0, 'is_n')} AS a_n, ${change(0, 'is_d')} AS a_d, ${change(1, 'is_n')} AS f_n, ${change(1, 'is_d')} AS f_d
              FROM (SELECT *, arrayJoin(${edgesSql(scope, windows)}) AS edge FROM accepted)
              GROUP BY partition, key, k
            )
            GROUP BY partition, key
          )
        )
      ) AS member
      INNER JOIN bounds ON bounds.partition = member.partition
      WINDOW cohort AS (PARTITION BY member.partition, cohort_key)
    )`;
}
