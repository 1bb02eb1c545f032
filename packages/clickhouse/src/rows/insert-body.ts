import { type IntakeRow, type IntakeTable, intakeColumns, type RecordRow } from './intake-columns.ts';
import { type RowEncoder, rowEncoder } from './row-binary.ts';

/** One contiguous range of offsets of one partition: what one insert brings. */
export interface RangeOfRows {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
  /** Records of the range that Kafka holds. */
  readonly nRecords: number;
  /** Records of it that became dead letters. */
  readonly nRejected: number;
  /** Deduplication token of the insert. */
  readonly token: string;
}

/** Encodes inserts into one intake table. */
export interface IntakeEncoder<T extends IntakeTable> {
  /** One record's row. Throws a ValueError naming the column of a value that does not fit. */
  encodeRow(row: RecordRow<T>): Buffer;
  /** The body of one insert: header, range row, and the rows as `encodeRow` made them. */
  body(range: RangeOfRows, rows: readonly Buffer[]): Buffer;
}

/** An encoder for an intake table; it may be kept and used again. */
export function intakeEncoder<T extends IntakeTable>(table: T): IntakeEncoder<T> {
  const columns = intakeColumns[table];
  const encoder = rowEncoder(columns) as unknown as RowEncoder<Readonly<Record<string, unknown>>>;
  const empty = Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, emptyOf(type)]));
  return {
    encodeRow: (row) => encoder.encodeRow({ ...noRange, ...row }),
    body: (range, rows) => {
      const { topic, partition, epoch, first, last, nRecords, nRejected, token } = range;
      const row = {
        ...empty,
        ...{ is_range: 1, range_first: first, range_last: last, range_records: nRecords, range_rejected: nRejected },
        ...{ range_token: token, topic, partition, epoch },
      };
      return Buffer.concat([encoder.encode([row]), ...rows]);
    },
  };
}

const noRange = { is_range: 0, range_first: 0, range_last: 0, range_records: 0, range_rejected: 0, range_token: '' };

function emptyOf(type: string): IntakeRow<IntakeTable>[keyof IntakeRow<IntakeTable>] | null | readonly [] {
  if (/^(LowCardinality\()?String/.test(type)) return '';
  if (type.startsWith('Nullable')) return null;
  if (type.startsWith('Array')) return [];
  return (type.startsWith('Map') ? {} : 0) as number;
}
