import { type ErrorCode, ResonantError } from '@resonant/contracts';
import type { IntakeTable } from '../rows/intake-columns.ts';
import { intakeTargets } from './intake-targets.ts';
import type { Span, StreamName } from './range.ts';
import type { StreamLedger } from './start.ts';
import type { HistoryStore, RangeCount, RangeInsert } from './store.ts';

/** What becomes of an insert. */
export type InsertFault =
  /** Nothing is stored. */
  | { readonly at: 'before'; readonly code: ErrorCode }
  /** All of it is stored, and the caller hears a failure. */
  | { readonly at: 'after'; readonly code: ErrorCode }
  /** The engine dies, or a view fails, when one of the two tables is filled. */
  | { readonly at: 'between'; readonly code: ErrorCode }
  /** The engine dies in the first or the second table: it knows the token, and has lost the rows. */
  | { readonly at: 'in the first' | 'in the second'; readonly code: ErrorCode }
  /** The engine dies when it has filled the first table, and has lost the token of what it holds. */
  | { readonly at: 'behind the first'; readonly code: ErrorCode };

export interface MemoryStoreOptions {
  /** Asked for each insert; undefined = it succeeds. */
  readonly fault?: (insert: RangeInsert) => InsertFault | undefined;
  /** Whether the engine takes a row, as CHECK constraints do; default: every one. */
  readonly takes?: (row: Buffer) => boolean;
  /** Where a real client would wait for the network: before and after each call. */
  readonly step?: (point: string) => Promise<void>;
  /** Shared by the stores of several processes; default: tables of its own. */
  readonly tables?: MemoryTables;
}

interface StoredInsert {
  readonly range: RangeInsert['range'];
  readonly rows: readonly Buffer[];
  /** Lost or removed since; its token is remembered. */
  readonly isGone?: true;
}

/** Tables by name; in each what was inserted, by token. */
export type MemoryTables = Map<string, Map<string, StoredInsert>>;

/** The main table of an intake takes every row; what else its views fill takes none here. */
const mainOf = (table: IntakeTable): string => intakeTargets[table][0];

/**
 * History in memory, with what matters of the engine: the table and the ledger have tokens of their own, are filled one
 * after the other, in either order, and an insert can end between them.
 */
export class MemoryStore implements HistoryStore {
  readonly #options: MemoryStoreOptions;
  readonly #tables: MemoryTables;

  constructor(options: MemoryStoreOptions = {}) {
    this.#options = options;
    this.#tables = options.tables ?? new Map();
  }

  async ledger(stream: StreamName, leastEpoch: number): Promise<StreamLedger> {
    await this.#step('ledger.response');
    const epochs = this.#inserts('ledger').flatMap(({ range }) => (range.topic === stream.topic ? range.epoch : []));
    const epoch = Math.max(leastEpoch, 0, ...epochs);
    let next = 0;
    let last: StreamLedger['last'] = null as StreamLedger['last'];
    for (const { first, last: end, nRecords, nRejected, token } of this.ranges(stream, epoch)) {
      if (first > next) return { epoch, next, last, behindGap: first };
      // stands there twice until its writer has made it anew
      if (last?.first === first && last.last === end) continue;
      if (first < next) throw new Error(`ranges overlap at offset ${first}`);
      next = end + 1;
      last = { first, last: end, nRecords, nRejected, token };
    }
    return { epoch, next, last, behindGap: null };
  }

  async insert(insert: RangeInsert): Promise<void> {
    const { takes = () => true } = this.#options;
    await this.#step('insert.request');
    if (!insert.rows.every(takes)) throw new ResonantError('history-refused-data', 'a CHECK refused a row');
    const fault = this.#options.fault?.(insert);
    if (fault?.at !== 'before') {
      const [one, other] = this.#order(insert);
      const isNew = this.#store(one, insert, fault?.at === 'in the first');
      if (isNew && fault?.at === 'behind the first') this.#forget(one, insert);
      const isWhole = fault === undefined || fault.at === 'after' || fault.at === 'in the second';
      if (isWhole) this.#store(other, insert, fault?.at === 'in the second');
    }
    if (fault !== undefined) throw new ResonantError(fault.code, `failed ${fault.at} the insert`);
    await this.#step('insert.response');
  }

  async recount(table: IntakeTable, stream: StreamName, epoch: number, span: Span): Promise<RangeCount> {
    await this.#step('recount.response');
    const copies = this.#inserts('ledger').filter(({ range }) => isOf(range, stream, epoch) && isSame(range, span));
    const [known] = copies;
    const main = mainOf(table);
    const others = intakeTargets[table].filter((name) => name !== main).map((name) => [name, 0] as const);
    const n = this.#inserts(main)
      .filter(({ range }) => isOf(range, stream, epoch) && isWithin(range, span))
      .reduce((sum, { rows }) => sum + rows.length, 0);
    const counts = (count: number) => Object.fromEntries([[main, count], ...others]);
    return {
      ledger:
        known === undefined
          ? null
          : { token: known.range.token, rows: counts(known.rows.length), copies: copies.length },
      rows: counts(n),
    };
  }

  async clear(
    table: IntakeTable,
    stream: StreamName,
    epoch: number,
    span: Span,
    confirm: () => Promise<void>,
  ): Promise<void> {
    const main = mainOf(table);
    const seen = this.#inserts(main).filter(({ range }) => isOf(range, stream, epoch) && isWithin(range, span));
    await this.#step('clear.seen');
    await confirm();
    const known = this.ranges(stream, epoch);
    await this.#step('clear.request');
    const isKnown = ({ range }: StoredInsert): boolean =>
      known.some(({ first, last }) => first <= range.first && range.last <= last);
    // the engine forgets no token when rows are removed
    this.#drop(
      main,
      seen.filter((each) => !isKnown(each)),
    );
    await this.#step('clear.response');
  }

  async remove(
    table: IntakeTable,
    stream: StreamName,
    epoch: number,
    span: Span,
    confirm: () => Promise<void>,
  ): Promise<void> {
    const seen = ['ledger', mainOf(table)].map((name) => {
      const isMeant = name === 'ledger' ? isSame : isWithin;
      const inserts = this.#inserts(name).filter(({ range }) => isOf(range, stream, epoch) && isMeant(range, span));
      return [name, inserts] as const;
    });
    await this.#step('clear.seen');
    await confirm();
    await this.#step('clear.request');
    for (const [name, inserts] of seen) {
      this.#drop(name, inserts);
      await this.#step('clear.response');
    }
  }

  /** Rows of a stream as they stand in the main table of an intake, in order of their ranges. */
  rows(table: IntakeTable, stream: StreamName, epoch = 0): readonly Buffer[] {
    return this.#inserts(mainOf(table))
      .filter(({ range }) => isOf(range, stream, epoch))
      .toSorted((a, b) => a.range.first - b.range.first)
      .flatMap(({ rows }) => rows);
  }

  /** Ledger rows of a stream in order. */
  ranges(stream: StreamName, epoch = 0): readonly RangeInsert['range'][] {
    return this.#inserts('ledger')
      .map(({ range }) => range)
      .filter((range) => isOf(range, stream, epoch))
      .toSorted((a, b) => a.first - b.first);
  }

  /** What a backup brings back that was made with the first `ranges` ranges of a stream; the tokens of the rest stay. */
  restore(stream: StreamName, ranges: number, epoch = 0): void {
    const kept = new Set(
      this.ranges(stream, epoch)
        .slice(0, ranges)
        .map(({ token }) => token),
    );
    for (const byToken of this.#tables.values()) {
      for (const [token, { range, rows }] of byToken) {
        if (isOf(range, stream, epoch) && !kept.has(token)) byToken.set(token, { range, rows, isGone: true });
      }
    }
  }

  /** Either way round is what an engine may do; which it is depends on the token, so that a seed repeats it. */
  #order({ table, range }: RangeInsert): readonly [string, string] {
    const isLedgerFirst = range.token.charCodeAt(range.token.length - 1) % 2 === 0;
    return isLedgerFirst ? ['ledger', mainOf(table)] : [mainOf(table), 'ledger'];
  }

  /** Whether the table did not know the token. */
  #store(table: string, { range, rows }: RangeInsert, isLost: boolean): boolean {
    const byToken = this.#tables.get(table) ?? new Map<string, StoredInsert>();
    this.#tables.set(table, byToken);
    if (byToken.has(range.token)) return false;
    byToken.set(range.token, { range, rows, ...(isLost ? { isGone: true } : {}) });
    return true;
  }

  /** Has a table hold what it holds of an insert without knowing its token. */
  #forget(table: string, { range }: RangeInsert): void {
    const byToken = this.#tables.get(table);
    const stored = byToken?.get(range.token);
    if (byToken === undefined || stored === undefined) return;
    byToken.delete(range.token);
    byToken.set(`${range.token}, forgotten with ${byToken.size}`, stored);
  }

  #inserts(table: string): readonly StoredInsert[] {
    return [...(this.#tables.get(table)?.values() ?? [])].filter(({ isGone }) => isGone === undefined);
  }

  /** Marks inserts of a table as gone, whatever their keys are by now. */
  #drop(table: string, inserts: readonly StoredInsert[]): void {
    for (const [key, stored] of this.#tables.get(table) ?? []) {
      if (inserts.includes(stored)) this.#tables.get(table)?.set(key, { ...stored, isGone: true });
    }
  }

  async #step(point: string): Promise<void> {
    await this.#options.step?.(point);
  }
}

const isOf = (range: RangeInsert['range'], { topic, partition }: StreamName, epoch: number): boolean =>
  range.topic === topic && range.partition === partition && range.epoch === epoch;

const isSame = (range: Span, span: Span): boolean => range.first === span.first && range.last === span.last;

const isWithin = (range: Span, span: Span): boolean => range.first >= span.first && range.last <= span.last;
