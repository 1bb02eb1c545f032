import { type ClickHouse, type HashedTable, rowHash } from '@resonant/clickhouse';
import type { Batch, SealProblem } from './problem.ts';

/** Rows of a table against the hashes that the ledger keeps of them. */
export interface RowsChecked {
  readonly rows: number;
  /** Gone, and explained: a person was erased; the retention is over. */
  readonly erased: number;
  readonly expired: number;
  readonly problems: readonly Omit<SealProblem, 'sealId'>[];
}

/** Offsets of one partition of a topic, both inclusive. */
export interface Stretch {
  readonly topic: string;
  readonly partition: number;
  readonly first: number;
  readonly last: number;
}

interface Row {
  readonly verdict: 'same' | 'erased' | 'returned' | 'expired' | 'deleted' | 'added' | 'changed';
  readonly n: number;
  readonly offsets: readonly number[];
  readonly batches: readonly (readonly [number, number, number])[];
}

/** Problems of one kind that are named; the others are counted in the last. */
const named = 100;

/** The stretches to look at: all that ledger or table have of each partition, `size` offsets at most. */
export async function stretchesOf(
  clickHouse: ClickHouse,
  table: HashedTable,
  size: number,
): Promise<readonly Stretch[]> {
  const rows = await clickHouse.query<Stretch>(
    `SELECT topic, partition, min(low) AS first, max(high) AS last FROM (
       SELECT topic, partition, min(first) AS low, max(last) AS high FROM resonant.ledger
       WHERE arrayExists(each -> each.table = {table:String} AND each.n_rows > 0, digests) GROUP BY topic, partition
       UNION ALL
       SELECT topic, partition, min(offset), max(offset) FROM resonant.${table} GROUP BY topic, partition
     ) GROUP BY topic, partition ORDER BY topic, partition`,
    { params: { table } },
  );
  return rows.flatMap(({ topic, partition, first, last }) => {
    const parts: Stretch[] = [];
    for (let low = Number(first); low <= Number(last); low += size) {
      parts.push({ topic, partition, first: low, last: Math.min(low + size - 1, Number(last)) });
    }
    return parts;
  });
}

/** A row that is gone may have expired from here on: retention in ms, or null if the table keeps rows for ever. */
export async function retentionOf(clickHouse: ClickHouse, table: HashedTable): Promise<number | null> {
  const [row] = await clickHouse.query<{ readonly unit: string; readonly n: number }>(
    `SELECT extract(engine_full, 'TTL [a-z_]+ \\\\+ toInterval([A-Za-z]+)') AS unit, toUInt32OrZero(extract(engine_full, 'TTL [a-z_]+ \\\\+ toInterval[A-Za-z]+\\\\(([0-9]+)\\\\)')) AS n
     FROM system.tables WHERE database = 'resonant' AND name = {table:String}`,
    { params: { table } },
  );
  const day = 86_400_000;
  const units: Readonly<Record<string, number>> = { Day: day, Week: 7 * day, Month: 28 * day, Year: 365 * day };
  const unit = units[row?.unit ?? ''];
  return unit === undefined || row === undefined ? null : Number(row.n) * unit;
}

/**
 * Makes the hashes of the stored rows of a stretch anew and compares them with those of the ledger.
 *
 * @param expiredBefore rows whose range was stored before it (epoch ms) may have expired; null = none
 */
export async function checkRows(
  clickHouse: ClickHouse,
  table: HashedTable,
  { topic, partition, first, last }: Stretch,
  expiredBefore: number | null,
): Promise<RowsChecked> {
  const rows = await clickHouse.query<Row>(
    `SELECT verdict, count() AS n, groupArray(${named})(offset) AS offsets,
       CAST(groupArray(${named})((epoch, begin, end)), 'Array(Tuple(UInt32, UInt64, UInt64))') AS batches
     FROM (
       SELECT epoch, offset, begin, end, (epoch, offset, expected[1]) GLOBAL IN (SELECT epoch, offset, hash FROM resonant.erasures
           WHERE table = {table:String} AND topic = {topic:String} AND partition = {partition:UInt16}) AS is_erased, multiIf(
         is_erased AND empty(got), 'erased', is_erased, 'returned', expected = got, 'same',
         empty(got) AND stored < {expiredBefore:Int64}, 'expired',
         empty(got), 'deleted', empty(expected), 'added', 'changed') AS verdict
       FROM (
         SELECT epoch, offset, arraySort(groupArrayIf(hash, is_kept)) AS expected, arraySort(groupArrayIf(hash, NOT is_kept)) AS got,
           max(low) AS begin, max(high) AS end, max(stored_ms) AS stored
         FROM (
           SELECT 1 AS is_kept, epoch, offset, hash, first AS low, last AS high, toUnixTimestamp64Milli(stored_at) AS stored_ms FROM resonant.row_hashes
           WHERE table = {table:String} AND topic = {topic:String} AND partition = {partition:UInt16} AND last >= {first:UInt64} AND first <= {last:UInt64}
             AND offset >= {first:UInt64} AND offset <= {last:UInt64}
           UNION ALL
           SELECT 0, epoch, offset, ${rowHash(table)}, 0, 0, 0 FROM resonant.${table}
           WHERE topic = {topic:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset <= {last:UInt64}
         )
         GROUP BY epoch, offset
       )
       ORDER BY offset
     )
     GROUP BY verdict`,
    { params: { table, topic, partition, first, last, expiredBefore: expiredBefore ?? 0 } },
  );
  const countOf = (verdict: Row['verdict']): number => Number(rows.find((row) => row.verdict === verdict)?.n ?? 0);
  const problems = rows.flatMap(({ verdict, n, offsets, batches }) =>
    verdict === 'changed' || verdict === 'deleted' || verdict === 'added' || verdict === 'returned'
      ? offsets.map((offset, i) => {
          const [epoch, begin, end] = batches[i] as readonly [number, number, number];
          const batch: Batch | null =
            verdict === 'added' ? null : { topic, partition, epoch, first: Number(begin), last: Number(end) };
          const more = i === named - 1 && Number(n) > named ? `; ${Number(n) - named} more in this stretch` : '';
          const detail = {
            changed: 'its hash is not the one it was stored with',
            deleted: 'it was stored and is gone',
            added: 'no range of the ledger holds it',
            returned: 'its person was erased and it stands there: resonant history erase --again',
          }[verdict];
          return { kind: verdict, table, offset: Number(offset), batch, detail: `${detail}${more}` };
        })
      : [],
  );
  return {
    rows: rows.reduce((sum, { n }) => sum + Number(n), 0) - countOf('added'),
    erased: countOf('erased'),
    expired: countOf('expired'),
    problems,
  };
}
