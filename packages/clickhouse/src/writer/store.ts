import type { RangeOfRows } from '../rows/insert-body.ts';
import type { IntakeTable } from '../rows/intake-columns.ts';
import type { Span, StreamName } from './range.ts';
import type { StreamLedger } from './start.ts';

/** One insert: rows of one intake table, one per record of the range that has one, as its encoder made them. */
export interface RangeInsert {
  readonly table: IntakeTable;
  readonly range: RangeOfRows;
  readonly rows: readonly Buffer[];
}

/** What stands of a range in the tables that its insert fills. */
export interface RangeCount {
  /** What the ledger says of exactly this range, and how many times; null if it does not know it. */
  readonly ledger: {
    readonly token: string;
    readonly rows: Readonly<Record<string, number>>;
    readonly copies: number;
  } | null;
  /** Rows by table; one that was erased on request counts as well. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Where ranges are stored: ClickHouse, or memory that passes the same conformance suite. Every call rejects as
 * `ClickHouse` does (`errorClassOf`).
 */
export interface HistoryStore {
  /** What the ledger holds of a stream in the topic's newest epoch, or in `leastEpoch` if that is newer. */
  ledger(stream: StreamName, leastEpoch: number): Promise<StreamLedger>;
  /**
   * Stores a range in every table of its intake and in the ledger. The same token twice stores one copy. After a
   * `transient` rejection anything may be stored, which the same insert completes; after `data`, nothing is, unless a
   * view failed: `recount` says so.
   */
  insert(insert: RangeInsert): Promise<void>;
  recount(table: IntakeTable, stream: StreamName, epoch: number, span: Span): Promise<RangeCount>;
  /**
   * Removes the rows of a span that no range of the ledger holds from the tables of an intake. It looks what stands there,
   * then calls `confirm`, then removes of what it saw: nothing that is stored after `confirm` was called, however late
   * the removal comes.
   *
   * @param confirm resolves if the caller owns the stream at that moment; if it rejects, nothing more is removed. May be
   *   called several times
   */
  clear(table: IntakeTable, stream: StreamName, epoch: number, span: Span, confirm: () => Promise<void>): Promise<void>;
  /**
   * Removes a range: out of the ledger first, so that nobody takes for stored what is not, then its rows from every table
   * of an intake. Of what stood there before `confirm` was called, as `clear`.
   */
  remove(
    table: IntakeTable,
    stream: StreamName,
    epoch: number,
    range: Span,
    confirm: () => Promise<void>,
  ): Promise<void>;
}

/** Whether nothing of a range stands anywhere. */
export const isNowhere = ({ ledger, rows }: RangeCount): boolean =>
  ledger === null && Object.values(rows).every((count) => count === 0);

/** Whether the ledger knows the range, once, and every table holds as many rows of it as the ledger says. */
export const isWhole = ({ ledger, rows }: RangeCount): boolean =>
  ledger?.copies === 1 && Object.entries(ledger.rows).every(([table, count]) => rows[table] === count);
