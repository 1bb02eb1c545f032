import { createHash } from 'node:crypto';
import { type ClickHouse, type Decode, intakeEncoder, rowsOf } from '@resonant/clickhouse';
import { type Decoded, Decoder, encode, type RecordName, type Records, schemas } from '@resonant/contracts';

/** A record that a test puts into history: its value, or bytes of its own. */
export interface TestRecord {
  readonly offset: number;
  readonly value: { readonly [N in RecordName]: readonly [N, Records[N]] }[RecordName] | Buffer | null;
  readonly key?: string;
  readonly timestamp?: number;
}

const names = Object.keys(schemas) as readonly RecordName[];
const decoder = new Decoder(async (id) => schemas[names[id - 1] as RecordName]);

/** Decodes what `TestRecord` encodes. */
export const decode: Decode = (value): Decoded => decoder.decode(value);

/** Stores one range as the writer does: rows made of the records, one insert with a token. */
export async function storeRange(
  clickhouse: ClickHouse,
  at: { readonly topic: string; readonly partition: number; readonly first: number; readonly last: number },
  records: readonly TestRecord[],
): Promise<void> {
  const { topic, partition, first, last } = at;
  const rows = rowsOf(topic);
  if (rows === undefined) throw new Error(`history does not keep ${topic}`);
  const hash = createHash('sha256');
  const bodies: Buffer[] = [];
  let nRejected = 0;
  for (const { offset, value, key = null, timestamp = Date.UTC(2026, 2, 3, 9) } of records) {
    const bytes =
      value === null || Buffer.isBuffer(value)
        ? value
        : encode(value[0], value[1] as never, names.indexOf(value[0]) + 1);
    if (bytes !== null) {
      await decoder.prepare([bytes]);
      hash.update(bytes);
    }
    const record = {
      ...{ topic, partition, offset, timestamp, value: bytes, headers: {} },
      key: key === null ? null : Buffer.from(key),
    };
    const built = rows.build(record, decode, 0);
    if (built.bytes !== undefined) bodies.push(built.bytes);
    if (built.rejection !== undefined) nRejected++;
  }
  const token = `${topic}/${partition}/0/${first}-${last}/${hash.digest('hex')}`;
  await clickhouse.insertRaw({
    table: `resonant.${rows.table}`,
    format: 'RowBinaryWithNamesAndTypes',
    body: intakeEncoder(rows.table).body(
      { topic, partition, epoch: 0, first, last, nRecords: records.length, nRejected, token },
      bodies,
    ),
    settings: {
      insert_deduplicate: 1,
      insert_deduplication_token: token,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      input_format_parallel_parsing: 0,
    },
  });
}
