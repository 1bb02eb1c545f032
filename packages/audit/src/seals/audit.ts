import { type ClickHouse, hashedTables } from '@resonant/clickhouse';
import type { Seal } from '@resonant/contracts';
import { chainProblems, hourProblems, publishedProblems, type SealKeys } from './chain.ts';
import { type GivenUp, lostRanges } from './lost.ts';
import type { Batch, SealProblem } from './problem.ts';
import { checkRows, retentionOf, stretchesOf } from './rows.ts';
import { hourOf, storedSeals } from './store.ts';
import { unsealableProblems } from './unsealable.ts';

/** What an audit of the seals needs besides the tables. */
export interface SealAuditOptions {
  readonly keys: SealKeys;
  /** The seals as they were published; null = not looked at. */
  readonly published: readonly Seal[] | null;
  /** Epoch ms: what may have expired by now. */
  readonly now: number;
  /** Offsets of one partition that one statement looks at; default 200000. */
  readonly size?: number;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** What an audit found. */
export interface SealReport {
  readonly seals: number;
  /** Seals as published; null = not looked at. */
  readonly published: number | null;
  /** End of the last sealed hour, epoch ms; what was stored after it is bound by no seal yet. */
  readonly sealedTo: number | null;
  readonly ranges: number;
  readonly rows: number;
  readonly erased: number;
  readonly expired: number;
  /** Ranges of offsets that history lacks for good: Kafka no longer kept them, and an operator gave them up. */
  readonly lost: readonly GivenUp[];
  readonly problems: readonly SealProblem[];
}

/** Topics keep records for 45 days at most: so much older than its range can a row be when that is stored. */
const oldest = 45 * 86_400_000;

/**
 * Checks everything that seals bind: rows of every table against the hashes in the ledger, hashes against the digests of
 * their ranges, ranges against their hours, hours against seals, and seals as a chain, by signature, and against the
 * published ones. Every problem names the row, its batch and the seal of its hour, as far as there are any.
 */
export async function auditSeals(clickHouse: ClickHouse, options: SealAuditOptions): Promise<SealReport> {
  const { keys, published, now, size = 200_000, onProgress = () => undefined } = options;
  const stored = await storedSeals(clickHouse);
  const problems: SealProblem[] = [...chainProblems(stored, keys), ...publishedProblems(published ?? [], stored, keys)];
  for (const [i, { seal }] of stored.entries()) {
    if (i % 24 === 0) onProgress('sealed hours', i, stored.length);
    problems.push(...hourProblems(seal, await hourOf(clickHouse, seal)));
  }
  problems.push(...(await unsealableProblems(clickHouse, stored[0]?.seal.from ?? null, now)));
  problems.push(...(await ledgerProblems(clickHouse)));
  let [rows, erased, expired] = [0, 0, 0];
  for (const table of hashedTables) {
    const retention = await retentionOf(clickHouse, table);
    const stretches = await stretchesOf(clickHouse, table, size);
    for (const [i, stretch] of stretches.entries()) {
      onProgress(`${table}: ${stretch.topic}/${stretch.partition}`, i, stretches.length);
      const found = await checkRows(clickHouse, table, stretch, retention === null ? null : now - retention + oldest);
      rows += found.rows;
      erased += found.erased;
      expired += found.expired;
      for (const it of found.problems) problems.push({ ...it, sealId: await sealOf(clickHouse, it.batch) });
    }
  }
  const [count] = await clickHouse.query<{ readonly n: number }>('SELECT count() AS n FROM resonant.ledger');
  return {
    seals: stored.length,
    published: published?.length ?? null,
    sealedTo: stored.at(-1)?.seal.to ?? null,
    ranges: Number(count?.n ?? 0),
    lost: await lostRanges(clickHouse),
    ...{ rows, erased, expired, problems },
  };
}

interface LedgerRow {
  readonly kind: 'batch' | 'gap';
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
  readonly detail: string;
}

/** Ranges whose digest is not that of their hashes, and offsets between ranges that are in none, or in two. */
async function ledgerProblems(clickHouse: ClickHouse): Promise<readonly SealProblem[]> {
  const rows = await clickHouse.query<LedgerRow>(
    `SELECT 'batch' AS kind, topic, partition, epoch, first, last, 'its digest is not that of its row hashes' AS detail
     FROM resonant.ledger WHERE notEmpty(row_hashes) AND SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(arrayMap(each -> each.hash, row_hashes)))))) != digest
     UNION ALL
     SELECT 'gap', topic, partition, epoch, if(low > end + 1, end + 1, low), if(low > end + 1, low - 1, end), if(low > end + 1, 'no range holds these offsets', 'two ranges hold these offsets')
     FROM (
       SELECT topic, partition, epoch, toInt64(first) AS low,
         max(toInt64(last)) OVER (PARTITION BY topic, partition, epoch ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS end,
         row_number() OVER (PARTITION BY topic, partition, epoch ORDER BY first, last) AS number
       FROM resonant.ledger
     )
     WHERE number > 1 AND low != end + 1`,
  );
  const problems: SealProblem[] = [];
  for (const { kind, topic, partition, epoch, first, last, detail } of rows) {
    const batch = { topic, partition, epoch, first: Number(first), last: Number(last) };
    problems.push({ kind, table: 'ledger', offset: null, batch, sealId: await sealOf(clickHouse, batch), detail });
  }
  return problems;
}

/** The seal of the hour in which a batch was stored. */
async function sealOf(clickHouse: ClickHouse, batch: Batch | null): Promise<number | null> {
  if (batch === null) return null;
  const [row] = await clickHouse.query<{ readonly id: number }>(
    `SELECT max(seal_id) AS id FROM resonant.seals WHERE from_at <= (
       SELECT max(stored_at) FROM resonant.ledger
       WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = {epoch:UInt32} AND first = {first:UInt64} AND last = {last:UInt64}
     ) AND to_at > (
       SELECT max(stored_at) FROM resonant.ledger
       WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = {epoch:UInt32} AND first = {first:UInt64} AND last = {last:UInt64}
     )`,
    {
      params: {
        topic: batch.topic,
        partition: batch.partition,
        epoch: batch.epoch,
        first: batch.first,
        last: batch.last,
      },
    },
  );
  const id = Number(row?.id ?? 0);
  return id === 0 ? null : id;
}
