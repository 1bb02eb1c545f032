import type { ClickHouse } from '../client/connect.ts';

/** Up to which offset a stream (a partition of a topic in one epoch) is stored without a gap. */
export interface Mark {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  /** Last offset of the unbroken chain of ranges. */
  readonly last: number;
}

/**
 * The marks of all streams: a chain ends where the ledger has a range that does not begin behind the one before. Offsets
 * have holes (control records), but ranges do not: each begins where the one before ended.
 */
export const readMarks = (clickhouse: ClickHouse): Promise<readonly Mark[]> =>
  clickhouse.query<Mark>(`
    SELECT topic, partition, epoch, toFloat64(maxIf(last, is_unbroken)) AS last
    FROM (
      SELECT topic, partition, epoch, last,
        max(previous != -1 AND first > previous + 1) OVER (
          PARTITION BY topic, partition, epoch ORDER BY first, last ROWS UNBOUNDED PRECEDING) = 0 AS is_unbroken
      FROM (
        SELECT topic, partition, epoch, toInt64(ledger.first) AS first, toInt64(ledger.last) AS last,
          max(toInt64(ledger.last)) OVER (
            PARTITION BY topic, partition, epoch ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
          ) AS before,
          if(row_number() OVER (PARTITION BY topic, partition, epoch ORDER BY first, last) = 1, -1, before) AS previous
        FROM resonant.ledger
      )
    )
    GROUP BY topic, partition, epoch
    ORDER BY topic, partition, epoch`);

/** Marks as the parameter of `withinMarks`: first offset beyond, by stream. */
export const marksParameter = (marks: readonly Mark[]): Readonly<Record<string, number>> =>
  Object.fromEntries(marks.map(({ topic, partition, epoch, last }) => [`${topic}/${partition}/${epoch}`, last + 1]));

/** Condition on a row with a place in the log; `{marks: Map(String, UInt64)}` is bound to `marksParameter`. */
export const withinMarks = (column: 'offset' | 'last'): string =>
  `${column} < {marks:Map(String, UInt64)}[concat(topic, '/', toString(partition), '/', toString(epoch))]`;
