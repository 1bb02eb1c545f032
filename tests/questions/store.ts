import { createHash } from 'node:crypto';
import { type ClickHouse, intakeEncoder, keptTopics, rowsOf } from '@resonant/clickhouse';
import { decoderFor, type MemoryLog } from '@resonant/kafka';

/** Stores everything of a log that history keeps: one insert a partition, through the rows that the writer makes. */
export async function storeLog(log: MemoryLog, clickHouse: ClickHouse): Promise<void> {
  const decoder = decoderFor(log);
  for (const topic of keptTopics) {
    const rows = rowsOf(topic);
    if (rows === undefined) throw new Error(`there are no rows for ${topic}`);
    for (const partition of log.broker.partitions(topic)) {
      const { records } = partition.read(0, 'read_committed', Number.POSITIVE_INFINITY);
      const [first, last] = [records[0], records.at(-1)];
      if (first === undefined || last === undefined) continue;
      await decoder.prepare(records.flatMap(({ value }) => value ?? []));
      const built = records.map((record) => rows.build(record, (value) => decoder.decode(Buffer.from(value)), 0));
      const hash = createHash('sha256');
      for (const { value } of records) hash.update(value ?? '');
      const range = {
        topic,
        partition: first.partition,
        epoch: 0,
        first: first.offset,
        last: last.offset,
        nRecords: records.length,
        nRejected: built.filter(({ rejection }) => rejection !== undefined).length,
        token: `${topic}/${first.partition}/0/${first.offset}-${last.offset}/${hash.digest('hex')}`,
      };
      await clickHouse.insertRaw({
        table: `resonant.${rows.table}`,
        format: 'RowBinaryWithNamesAndTypes',
        body: intakeEncoder(rows.table).body(
          range,
          built.flatMap(({ bytes }) => bytes ?? []),
        ),
        settings: {
          insert_deduplicate: 1,
          insert_deduplication_token: range.token,
          deduplicate_blocks_in_dependent_materialized_views: 1,
          input_format_parallel_parsing: 0,
          max_insert_block_size: 1_000_000,
          min_insert_block_size_rows: 0,
          min_insert_block_size_bytes: 0,
        },
      });
    }
  }
}
