import type { ClickHouse } from './client/connect.ts';
import type { Span, StreamName } from './writer/range.ts';

/** A range of offsets that history lacks for good: Kafka no longer keeps it and it was never stored. */
export interface LostRange extends StreamName, Span {
  readonly epoch: number;
}

/** The spans before the offset `before` that no range of a stream holds, in order. Rejects as `ClickHouse` does. */
export async function unstoredBefore(
  clickHouse: ClickHouse,
  { topic, partition }: StreamName,
  epoch: number,
  before: number,
): Promise<readonly Span[]> {
  const rows = await clickHouse.query<Span>(
    `SELECT if(number = 1, 0, end + 1) AS first, low - 1 AS last FROM (
       SELECT low, max(high) OVER (ORDER BY low, high ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS end,
         row_number() OVER (ORDER BY low, high) AS number
       FROM (
         SELECT toInt64(ledger.first) AS low, toInt64(ledger.last) AS high FROM resonant.ledger
         WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = {epoch:UInt32} AND ledger.first < {before:UInt64}
         UNION ALL
         SELECT toInt64({before:UInt64}), toInt64({before:UInt64})
       )
     ) WHERE last >= first ORDER BY first`,
    { params: { topic, partition, epoch, before } },
  );
  return rows.map(({ first, last }) => ({ first: Number(first), last: Number(last) }));
}

/**
 * Writes down who gave these ranges up and why; a range that is there already is not written again. The writer makes
 * their ranges in the ledger itself: see the view `lost_ranges`.
 */
export async function recordLosses(
  clickHouse: ClickHouse,
  losses: readonly LostRange[],
  { reason, by }: { readonly reason: string; readonly by: string },
): Promise<void> {
  for (const { topic, partition, epoch, first, last } of losses) {
    await clickHouse.command(
      `INSERT INTO resonant.losses (topic, partition, epoch, first, last, reason, accepted_by)
       SELECT {topic:String}, {partition:UInt16}, {epoch:UInt32}, {first:UInt64}, {last:UInt64}, {reason:String}, {by:String}
       WHERE ({topic:String}, {partition:UInt16}, {epoch:UInt32}, {first:UInt64}, {last:UInt64}) GLOBAL NOT IN
         (SELECT topic, partition, epoch, first, last FROM resonant.losses)`,
      {
        params: { topic, partition, epoch, first, last, reason, by },
        settings: { distributed_foreground_insert: 1 },
      },
    );
  }
}
