import type { ClickHouse } from '@resonant/clickhouse';
import type { Batch } from './problem.ts';

/** A range of offsets without records, and who gave it up why; both empty if nobody said. */
export interface GivenUp extends Batch {
  readonly reason: string;
  readonly acceptedBy: string;
  /** When the writer passed over it, epoch ms. */
  readonly storedAt: number;
}

/** Every range that history lacks for good, in the order of their places. */
export async function lostRanges(clickHouse: ClickHouse): Promise<readonly GivenUp[]> {
  const rows = await clickHouse.query<GivenUp>(
    `SELECT topic, partition, epoch, first, last, reason, accepted_by AS acceptedBy, toUnixTimestamp64Milli(stored_at) AS storedAt
     FROM resonant.lost_ranges ORDER BY topic, epoch, partition, first`,
  );
  return rows.map((row) => ({
    ...row,
    first: Number(row.first),
    last: Number(row.last),
    storedAt: Number(row.storedAt),
  }));
}
