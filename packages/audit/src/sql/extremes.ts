import { lastUpTo } from './instants.ts';
import type { Scope } from './scope.ts';
import { whole } from './text.ts';
import { edgesSql, type Windows } from './windows.ts';

/**
 * `runs` with a and f = [count, smallest or largest units], for what cannot be taken out of a sum again: per subject
 * every signal of a window is looked at wherever one comes or goes.
 */
export function extremesSql(scope: Scope, spec: Windows, extreme: 'min' | 'max'): string {
  const { instants, grace } = spec;
  const inside = (view: number): string =>
    `arrayMap(each -> each.4, arrayFilter(each -> each.1 = ${view} AND each.2 <= k AND k < each.3, spans))`;
  const shown = (view: number): string =>
    `arrayMap(units -> [toInt256(length(units)), if(empty(units), toInt256('0'), array${extreme === 'min' ? 'Min' : 'Max'}(units))], [${inside(view)}])[1]`;
  const first = (view: number): string =>
    `arrayMin(arrayPushBack(arrayMap(each -> each.4, arrayFilter(each -> each.1 = ${view} AND each.2 <= k, known)), never))`;
  return `SELECT partition, key, k, next, a, f, if(first_a = never, 0, first_a) AS first_a, if(first_f = never, 0, first_f) AS first_f
    FROM (
      SELECT partition, key, toInt64(9000000000000000000) AS never, run.1 AS k, run.2 AS next,
        ${shown(0)} AS a, ${shown(1)} AS f, ${first(0)} AS first_a, ${first(1)} AS first_f
      FROM (
        SELECT partition, key, spans, known, arrayJoin(arrayFilter(each -> each.2 > each.1, arrayZip(
          points, arrayMap(each -> least(each, decided + 1), arrayPushBack(arrayPopFront(points), toInt64(9000000000000000000)))))) AS run
        FROM (
          SELECT c.partition AS partition, key, ${lastUpTo(instants, `any(last_tick) - ${whole(grace)}`)} AS decided,
            -- The two edges of a span stand one after the other.
            arrayFlatten(groupArray(arrayMap((begin, end) -> (begin.4, begin.1, end.1, units), arrayFilter(edge -> edge.3 = 0 AND edge.2 = 1, edges), arrayFilter(edge -> edge.3 = 0 AND edge.2 = -1, edges)))) AS spans,
            arrayFlatten(groupArray(arrayMap(edge -> (edge.4, edge.1, 0, o), arrayFilter(edge -> edge.3 = -1, edges)))) AS known,
            arraySort(arrayDistinct(arrayFlatten(groupArray(arrayMap(edge -> edge.1, edges))))) AS points
          FROM (SELECT *, ${edgesSql(scope, spec)} AS edges FROM accepted) AS c
          INNER JOIN bounds ON bounds.partition = c.partition
          GROUP BY c.partition, key
        )
      )
    )`;
}
