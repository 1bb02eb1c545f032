import { setTimeout as sleep } from 'node:timers/promises';
import { type ClickHouse, keptTopics, ledgerReader } from '@resonant/clickhouse';
import { alertsTopic, keyspaces, signalsTopic } from '@resonant/contracts';
import { decoderFor, type Log } from '@resonant/kafka';

/** A count in Kafka beside the same in ClickHouse. */
export interface HistoryCount {
  readonly what: string;
  readonly inKafka: number;
  readonly inClickHouse: number;
}

/** What ClickHouse holds of the demo. */
export interface HistoryComparison {
  readonly counts: readonly HistoryCount[];
  /** Partitions whose ledger has a gap, or ends before the last record. */
  readonly unstored: readonly string[];
}

const patienceMs = 60_000;

/** Compares log and ClickHouse; waits until they agree, at most a minute. */
export async function compareHistory(
  log: Log,
  clickHouse: ClickHouse,
  signal: AbortSignal,
): Promise<HistoryComparison> {
  const inKafka = await countLog(log);
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const comparison = await compare(inKafka, clickHouse);
    const isEqual =
      comparison.unstored.length === 0 && comparison.counts.every((row) => row.inKafka === row.inClickHouse);
    if (isEqual || performance.now() > deadline) return comparison;
    await sleep(250, undefined, { signal });
  }
}

/** A line per count, and one for the ledger. */
export const historyText = ({ counts, unstored }: HistoryComparison): string =>
  [
    ...counts.map(({ what, inKafka, inClickHouse }) => `ClickHouse: ${inClickHouse} ${what}, Kafka: ${inKafka}.`),
    unstored.length === 0
      ? 'Ledger: every partition stored to its end, no gap.'
      : `Ledger: ${unstored.length} partitions are not stored to their end: ${unstored.join('; ')}.`,
  ].join('\n');

/** How many differences there are. */
export const historyDifferences = ({ counts, unstored }: HistoryComparison): number =>
  unstored.length + counts.filter((row) => row.inKafka !== row.inClickHouse).length;

interface LogCount {
  /** Records by type, of the signals topics and the alerts. */
  readonly byType: ReadonlyMap<string, number>;
  /** Last offset of each partition that holds a record, by `topic/partition`. */
  readonly lastOffsets: ReadonlyMap<string, number>;
}

async function countLog(log: Log): Promise<LogCount> {
  const decoder = decoderFor(log);
  const byType = new Map<string, number>();
  const lastOffsets = new Map<string, number>();
  const counted = new Set([alertsTopic, ...keyspaces.map(signalsTopic)]);
  for (const topic of keptTopics) {
    const follower = await log.follow({
      topic,
      onRecords: async (partition, records) => {
        const last = records.at(-1);
        if (last !== undefined) lastOffsets.set(`${topic}/${partition}`, last.offset);
        if (!counted.has(topic)) return;
        await decoder.prepare(records.map(({ value }) => value));
        for (const { value } of records) {
          const type = value === null ? 'tombstone' : decoder.decode(value).type;
          byType.set(type, (byType.get(type) ?? 0) + 1);
        }
      },
    });
    await follower.caughtUp;
    await follower.stop();
  }
  return { byType, lastOffsets };
}

async function compare({ byType, lastOffsets }: LogCount, clickHouse: ClickHouse): Promise<HistoryComparison> {
  const of = (type: string): number => byType.get(type) ?? 0;
  const tables = [
    { what: 'alert transitions', table: 'alerts', inKafka: of('Alert') },
    { what: 'signals', table: 'signals', inKafka: of('Signal') },
    { what: 'records of the signals topics', table: 'log', inKafka: of('Signal') + of('Tick') + of('RuleChange') },
  ];
  const counts = await Promise.all(
    tables.map(async ({ what, table, inKafka }) => {
      const [row] = await clickHouse.query<{ n: number }>(`SELECT count() AS n FROM resonant.${table}`);
      return { what, inKafka, inClickHouse: Number(row?.n) };
    }),
  );
  const reader = ledgerReader(clickHouse);
  const unstored: string[] = [];
  for (const [name, last] of lastOffsets) {
    const [topic, partition] = name.split('/') as [string, string];
    const { next, behindGap } = await reader.stream({ topic, partition: Number(partition) }, 0);
    if (behindGap !== null) unstored.push(`${name} has a gap at offset ${next}`);
    else if (next !== last + 1) unstored.push(`${name} is stored to offset ${next - 1} of ${last}`);
  }
  return { counts, unstored };
}
