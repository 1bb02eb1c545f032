import { createHash } from 'node:crypto';
import { type ClickHouse, ledgerReader, rowHash } from '@resonant/clickhouse';
import { deadLettersTopic, isResonantError } from '@resonant/contracts';
import { decoderFor, type Log } from '@resonant/kafka';
import { partitions, topic } from './load.ts';

const chunk = 20_000;

/** What Kafka holds, counted. */
interface Truth {
  readonly records: number;
  readonly signals: number;
  readonly rejected: readonly string[];
  /** By partition: last offset, records, and per chunk of offsets a hash over offsets and values. */
  readonly byPartition: readonly {
    readonly last: number;
    readonly records: number;
    readonly chunks: ReadonlyMap<number, string>;
  }[];
}

/** What is not as it should be; all counts 0 and no text = exactly once. */
export interface Verdict {
  readonly records: number;
  readonly missing: number;
  readonly doubled: number;
  readonly signals: { readonly inKafka: number; readonly stored: number; readonly distinct: number };
  readonly rejected: { readonly inKafka: number; readonly inLedger: number; readonly deadLetters: number };
  readonly ranges: number;
  /** Gaps of the ledger, ends that are not the log's, counts and digests that differ. */
  readonly differences: readonly string[];
}

export const isExact = ({ missing, doubled, signals, rejected, differences }: Verdict): boolean =>
  missing === 0 &&
  doubled === 0 &&
  signals.inKafka === signals.stored &&
  signals.stored === signals.distinct &&
  rejected.inKafka === rejected.inLedger &&
  rejected.inKafka === rejected.deadLetters &&
  differences.length === 0;

/** Compares all that stands in Kafka with all that stands in ClickHouse. */
export async function verdictOf(log: Log, clickHouse: ClickHouse): Promise<Verdict> {
  const truth = await countLog(log);
  const differences: string[] = [];
  const where = "keyspace = 'account' AND partition < {partitions:UInt16}";
  const params = { partitions, topic };
  const one = async <Row>(sql: string): Promise<Row> => (await clickHouse.query<Row>(sql, { params }))[0] as Row;
  const stored = await one<{ n: number; places: number }>(
    `SELECT count() AS n, uniqExact(partition, offset) AS places FROM resonant.log WHERE ${where}`,
  );
  const signals = await one<{ n: number; ids: number }>(
    `SELECT count() AS n, uniqExact(signal_id) AS ids FROM resonant.signals WHERE ${where}`,
  );
  const ledger = await one<{ n: number; records: number; rejected: number }>(
    `SELECT count() AS n, sum(n_records) AS records, sum(n_rejected) AS rejected FROM resonant.ledger
     WHERE topic = {topic:String} AND partition < {partitions:UInt16}`,
  );
  if (Number(ledger.records) !== truth.records) {
    differences.push(`the ledger counts ${ledger.records} records of ${truth.records}`);
  }
  for (const [partition, { last, chunks }] of truth.byPartition.entries()) {
    const { next, behindGap } = await ledgerReader(clickHouse).stream({ topic, partition }, 0);
    if (behindGap !== null) differences.push(`partition ${partition}: the ledger has a gap at offset ${next}`);
    if (next !== last + 1) differences.push(`partition ${partition}: stored to ${next - 1} of ${last}`);
    differences.push(...(await differentChunks(clickHouse, partition, chunks)));
  }
  for (const table of ['log', 'signals', 'acknowledgements', 'rule_changes'] as const) {
    differences.push(...(await differentDigests(clickHouse, table)));
  }
  return {
    records: truth.records,
    missing: truth.records - Number(stored.places),
    doubled: Number(stored.n) - Number(stored.places),
    signals: { inKafka: truth.signals, stored: Number(signals.n), distinct: Number(signals.ids) },
    rejected: {
      inKafka: truth.rejected.length,
      inLedger: Number(ledger.rejected),
      deadLetters: await deadLettersOf(log, truth.rejected),
    },
    ranges: Number(ledger.n),
    differences,
  };
}

async function countLog(log: Log): Promise<Truth> {
  const decoder = decoderFor(log);
  const byPartition = Array.from({ length: partitions }, () => ({
    last: -1,
    records: 0,
    chunks: new Map<number, ReturnType<typeof createHash>>(),
  }));
  const rejected: string[] = [];
  let signals = 0;
  const follower = await log.follow({
    topic,
    partitions: byPartition.map((_, partition) => partition),
    onRecords: async (partition, records) => {
      const own = byPartition[partition] as (typeof byPartition)[number];
      await decoder.prepare(records.map(({ value }) => value));
      for (const { offset, value } of records) {
        own.last = offset;
        own.records++;
        const index = Math.floor(offset / chunk);
        const hash = own.chunks.get(index) ?? createHash('sha256');
        own.chunks.set(index, hash);
        const bytes = value ?? Buffer.alloc(0);
        hash.update(createHash('sha256').update(`${offset} `).update(bytes).digest('hex').toUpperCase());
        try {
          if (decoder.decode(bytes).type === 'Signal') signals++;
        } catch (error) {
          if (!isResonantError(error, 'undecodable-record')) throw error;
          rejected.push(`${topic}/${partition}/${offset}`);
        }
      }
    },
  });
  await follower.caughtUp;
  await follower.stop();
  return {
    records: byPartition.reduce((sum, { records }) => sum + records, 0),
    signals,
    rejected,
    byPartition: byPartition.map(({ chunks, ...rest }) => ({
      ...rest,
      chunks: new Map([...chunks].map(([index, hash]) => [index, hash.digest('hex')])),
    })),
  };
}

/** Chunks of offsets whose bytes are not those of Kafka. */
async function differentChunks(
  clickHouse: ClickHouse,
  partition: number,
  expected: ReadonlyMap<number, string>,
): Promise<readonly string[]> {
  const rows = await clickHouse.query<{ chunk: number; hash: string }>(
    `SELECT intDiv(offset, ${chunk}) AS chunk,
       lower(hex(SHA256(arrayStringConcat(arrayMap(x -> hex(x.2), arraySort(groupArray((offset, SHA256(concat(toString(offset), ' ', ifNull(value, ''))))))))))) AS hash
     FROM resonant.log WHERE keyspace = 'account' AND partition = {partition:UInt16} GROUP BY chunk`,
    { params: { partition } },
  );
  const stored = new Map(rows.map(({ chunk: index, hash }) => [Number(index), hash]));
  return [...expected]
    .filter(([index, hash]) => stored.get(index) !== hash)
    .map(([index]) => `partition ${partition}: offsets from ${index * chunk} on hold other bytes than Kafka`);
}

/** Ranges whose rows, counted and hashed again, are not what the ledger says of a table. */
async function differentDigests(
  clickHouse: ClickHouse,
  table: 'log' | 'signals' | 'acknowledgements' | 'rule_changes',
): Promise<readonly string[]> {
  const rows = await clickHouse.query<{ partition: number; first: number; n: number; expected: number }>(
    `SELECT d.partition AS partition, d.first AS first, r.n AS n, d.n_rows AS expected
     FROM (SELECT partition, first, last, n_rows, digest FROM resonant.digests WHERE topic = {topic:String} AND table = {table:String}) AS d
     LEFT JOIN (
       SELECT partition, first, count() AS n, SHA256(unhex(arrayStringConcat(arrayMap(each -> hex(each), arraySort(groupArray(hash)))))) AS digest
       FROM (SELECT partition, offset, ${rowHash(table)} AS hash FROM resonant.${table} WHERE keyspace = 'account') AS stored
       ASOF JOIN (SELECT partition, first FROM resonant.ledger WHERE topic = {topic:String}) AS range
         ON stored.partition = range.partition AND stored.offset >= range.first
       GROUP BY partition, first
     ) AS r ON r.partition = d.partition AND r.first = d.first
     WHERE r.n != d.n_rows OR (d.n_rows > 0 AND r.digest != d.digest) LIMIT 10`,
    { params: { topic, table } },
  );
  return rows.map(
    ({ partition, first, n, expected }) => `${table}: ${n} rows of ${expected} in the range from ${partition}/${first}`,
  );
}

async function deadLettersOf(log: Log, rejected: readonly string[]): Promise<number> {
  const wanted = new Set(rejected);
  const found = new Set<string>();
  let others = 0;
  const follower = await log.follow({
    topic: deadLettersTopic,
    onRecords: (_partition, records) => {
      for (const { key } of records) {
        const origin = String(key);
        if (wanted.has(origin)) found.add(origin);
        else others++;
      }
    },
  });
  await follower.caughtUp;
  await follower.stop();
  return found.size + others;
}
