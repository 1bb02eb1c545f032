import { type ErrorCode, ResonantError } from '@resonant/contracts';
import type { IntakeTable } from '../rows/intake-columns.ts';
import { intakeTargets } from './intake-targets.ts';
import type { Span, StreamName } from './range.ts';
import type { StreamLedger } from './start.ts';
import type { HistoryStore, RangeCount, RangeInsert } from './store.ts';

/** What becomes of an insert: `before` anything is stored, `after` so many tables, or not at all. */
export type InsertFault =
  | { readonly at: 'before' | 'after'; readonly code: ErrorCode }
  /** The view of one more table than `tables` fails. */
  | { readonly at: 'between'; readonly tables: number; readonly code: ErrorCode };

export interface MemoryStoreOptions {
  /** Asked before each insert; undefined = it succeeds. */
  readonly fault?: (insert: RangeInsert) => InsertFault | undefined;
  /** Whether the engine takes a row, as CHECK constraints do; default: every one. */
  readonly takes?: (row: Buffer) => boolean;
  /** Where a real client would wait for the network. */
  readonly step?: () => Promise<void>;
}

interface StoredInsert {
  readonly range: RangeInsert['range'];
  readonly rows: readonly Buffer[];
}

/** The main table of an intake takes every row; what else its views fill takes none here. */
const mainOf = (table: IntakeTable): string => intakeTargets[table][0];

/**
 * History in memory, with what matters of the engine: each table that the views fill has tokens of its own and is filled
 * one after the other, the ledger last or first as chance has it; an insert can end between two of them.
 */
export class MemoryStore implements HistoryStore {
  readonly #options: MemoryStoreOptions;
  readonly #tables = new Map<string, Map<string, StoredInsert[]>>();

  constructor(options: MemoryStoreOptions = {}) {
    this.#options = options;
  }

  async ledger({ topic, partition }: StreamName, leastEpoch: number): Promise<StreamLedger> {
    await this.#options.step?.();
    const ranges = this.#inserts('ledger').map(({ range }) => range);
    const epoch = Math.max(leastEpoch, ...ranges.filter((range) => range.topic === topic).map((range) => range.epoch));
    const own = ranges
      .filter((range) => range.topic === topic && range.partition === partition && range.epoch === epoch)
      .toSorted((a, b) => a.first - b.first);
    let next = 0;
    let last: StreamLedger['last'] = null;
    for (const range of own) {
      if (range.first > next) return { epoch, next, last, behindGap: range.first };
      if (range.first < next) throw new Error(`ranges overlap at offset ${range.first}`);
      next = range.last + 1;
      last = { first: range.first, last: range.last, nRecords: range.nRecords, token: range.token };
    }
    return { epoch, next, last, behindGap: null };
  }

  async insert(insert: RangeInsert): Promise<void> {
    await this.#options.step?.();
    const { takes = () => true } = this.#options;
    if (!insert.rows.every(takes)) throw new ResonantError('history-refused-data', 'a CHECK refused a row');
    const fault = this.#options.fault?.(insert);
    if (fault?.at === 'before') throw new ResonantError(fault.code, 'refused before anything was stored');
    const tables = this.#order(insert);
    const reached = fault?.at === 'between' ? tables.slice(0, fault.tables) : tables;
    for (const table of reached) this.#store(table, insert);
    await this.#options.step?.();
    if (fault !== undefined) throw new ResonantError(fault.code, `failed after ${reached.length} tables`);
  }

  async recount(table: IntakeTable, stream: StreamName, epoch: number, span: Span): Promise<RangeCount> {
    await this.#options.step?.();
    const isOurs = ({ range }: StoredInsert): boolean =>
      range.topic === stream.topic && range.partition === stream.partition && range.epoch === epoch;
    const known = this.#inserts('ledger').find(
      (insert) => isOurs(insert) && insert.range.first === span.first && insert.range.last === span.last,
    );
    const rowsOf = (name: string): number =>
      this.#inserts(name)
        .filter((insert) => isOurs(insert) && insert.range.first >= span.first && insert.range.last <= span.last)
        .reduce((sum, { rows }) => sum + rows.length, 0);
    const count = (of: (name: string) => number): Record<string, number> =>
      Object.fromEntries(intakeTargets[table].map((name) => [name, of(name)]));
    const expected = (name: string): number => (name === mainOf(table) ? (known?.rows.length ?? 0) : 0);
    return {
      ledger: known === undefined ? null : { token: known.range.token, rows: count(expected) },
      rows: count((name) => (name === mainOf(table) ? rowsOf(name) : 0)),
    };
  }

  /** Rows of a stream as they stand in the main table of an intake, in order of their ranges. */
  rows(table: IntakeTable, { topic, partition }: StreamName, epoch = 0): readonly Buffer[] {
    return this.#inserts(mainOf(table))
      .filter(({ range }) => range.topic === topic && range.partition === partition && range.epoch === epoch)
      .toSorted((a, b) => a.range.first - b.range.first)
      .flatMap(({ rows }) => rows);
  }

  /** Ledger rows of a stream in order. */
  ranges({ topic, partition }: StreamName, epoch = 0): readonly RangeInsert['range'][] {
    return this.#inserts('ledger')
      .map(({ range }) => range)
      .filter((range) => range.topic === topic && range.partition === partition && range.epoch === epoch)
      .toSorted((a, b) => a.first - b.first);
  }

  /** What a backup from the time before `offset` was stored brings back. */
  restore({ topic, partition }: StreamName, offset: number): void {
    for (const byToken of this.#tables.values()) {
      for (const [token, inserts] of byToken) {
        const isLater = inserts.some(
          ({ range }) => range.topic === topic && range.partition === partition && range.last >= offset,
        );
        if (isLater) byToken.delete(token);
      }
    }
  }

  #order({ table, range }: RangeInsert): readonly string[] {
    // either way round is what an engine may do; which one is the token's chance, so that a seed repeats it
    const isLedgerFirst = range.token.charCodeAt(range.token.length - 1) % 2 === 0;
    return isLedgerFirst ? ['ledger', mainOf(table)] : [mainOf(table), 'ledger'];
  }

  #store(table: string, { range, rows }: RangeInsert): void {
    const byToken = this.#tables.get(table) ?? new Map<string, StoredInsert[]>();
    this.#tables.set(table, byToken);
    if (!byToken.has(range.token)) byToken.set(range.token, [{ range, rows }]);
  }

  #inserts(table: string): readonly StoredInsert[] {
    return [...(this.#tables.get(table)?.values() ?? [])].flat();
  }
}
