import type { ClickHouse } from '@resonant/clickhouse';
import type { SealProblem } from './problem.ts';

interface Row {
  readonly table: 'ledger' | 'erasures' | 'losses';
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
  readonly at: number;
}

/**
 * Rows that explain others, with an instant that no seal binds, now or later: before the first sealed hour, or in the
 * future. Whoever adds one could explain a row that is gone, or one that never came from Kafka.
 *
 * @param sealedFrom begin of the first sealed hour, epoch ms; null = nothing is sealed
 * @param now epoch ms; clocks may differ by five minutes
 */
export async function unsealableProblems(
  clickHouse: ClickHouse,
  sealedFrom: number | null,
  now: number,
): Promise<readonly SealProblem[]> {
  if (sealedFrom === null) return [];
  const latest = now + 300_000;
  const rows = await clickHouse.query<Row>(
    `SELECT * FROM (
       SELECT 'ledger' AS table, topic, partition, epoch, first, last, toUnixTimestamp64Milli(stored_at) AS at FROM resonant.ledger
       UNION ALL
       SELECT 'erasures', topic, partition, epoch, offset, offset, toUnixTimestamp64Milli(erased_at) FROM resonant.erasures
       UNION ALL
       SELECT 'losses', topic, partition, epoch, first, last, toUnixTimestamp64Milli(accepted_at) FROM resonant.losses
     ) WHERE at < {sealedFrom:Int64} OR at > {latest:Int64} ORDER BY table, topic, partition, epoch, first`,
    { params: { sealedFrom, latest } },
  );
  return rows.map(({ table, topic, partition, epoch, first, last, at }) => ({
    kind: 'unsealable',
    table,
    offset: table === 'erasures' ? Number(first) : null,
    batch: { topic, partition, epoch, first: Number(first), last: Number(last) },
    sealId: null,
    detail: `it says ${new Date(Number(at)).toISOString()}, ${Number(at) > latest ? 'which is to come' : 'before anything was sealed'}`,
  }));
}
