import { type ErrorCode, ResonantError } from '@resonant/contracts';
import type { Rejection, TopicRows } from '../rows/build.ts';
import { ValueError } from '../rows/column-types.ts';
import type { IntakeEncoder } from '../rows/insert-body.ts';
import type { Decode } from '../rows/record.ts';
import type { Range, RawRecord } from './range.ts';

/** A record that is no row: what its dead letter says. */
export interface Rejected extends Rejection {
  readonly record: RawRecord;
}

/** A range as rows, ready to be inserted. */
export interface PreparedRange {
  readonly range: Range;
  readonly rows: readonly Buffer[];
  readonly rejected: readonly Rejected[];
}

/** How the records of one topic become encoded rows. */
export interface RowMaker {
  readonly rows: TopicRows;
  readonly encoder: IntakeEncoder<TopicRows['table']>;
  readonly decode: Decode;
}

/**
 * The rows of a range: a pure function of its records. Throws what `TopicRows.build` throws about the release
 * (`unknown-record-type`).
 *
 * @param refusal why the engine took none of it: every record is rejected for that reason
 */
export function prepare(maker: RowMaker, epoch: number, range: Range, refusal?: Rejection): PreparedRange {
  const rows: Buffer[] = [];
  const rejected: Rejected[] = [];
  for (const record of range.records) {
    const { bytes, rejection } =
      refusal === undefined ? rowOf(maker, epoch, record) : refusedRow(maker, epoch, record, refusal);
    if (bytes !== undefined) rows.push(bytes);
    if (rejection !== undefined) rejected.push({ record, ...rejection });
  }
  return { range, rows, rejected };
}

interface Made {
  readonly bytes: Buffer | undefined;
  readonly rejection: Rejection | undefined;
}

function rowOf(maker: RowMaker, epoch: number, record: RawRecord): Made {
  const { row, rejection } = maker.rows.build(record, maker.decode, epoch);
  try {
    return { bytes: row && maker.encoder.encodeRow(row), rejection };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return refusedRow(maker, epoch, record, { reason: 'unstorable-record', detail: error.message });
  }
}

/** As if the value could not be read: in topics whose every record is kept as bytes that is a row all the same. */
function refusedRow(
  { rows, encoder }: RowMaker,
  epoch: number,
  record: RawRecord,
  { reason, detail }: { readonly reason: ErrorCode; readonly detail: string },
): Made {
  const unreadable = (): never => {
    throw new ResonantError('undecodable-record', detail);
  };
  const { row } = rows.build(record, unreadable, epoch);
  return { bytes: row && encoder.encodeRow(row), rejection: { reason, detail } };
}
