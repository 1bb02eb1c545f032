import { ResonantError } from '@resonant/contracts';
import type { LogRecord } from '@resonant/kafka';

interface Fetched {
  readonly records: readonly LogRecord[];
  readonly nextOffset: number;
  taken: number;
}

/**
 * The bounded queue between fetching and one task. `put` resolves when there is room for more, which is what lets the
 * group member fetch on; it never waits for a rebalance or a shutdown (`release`).
 */
export class RecordQueue {
  readonly #limit: number;
  #fetched: Fetched[] = [];
  #size = 0;
  #start = 0;
  #end = 0;
  #waiting: (() => void)[] = [];

  /** @param limit records above which `put` waits */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Offset from which on the queue delivers. */
  get start(): number {
    return this.#start;
  }

  /** Offset behind everything that was put. */
  get end(): number {
    return this.#end;
  }

  get size(): number {
    return this.#size;
  }

  /** Append time of the oldest record that was not taken. */
  get oldestAt(): number | null {
    const first = this.#fetched[0];
    return first?.records[first.taken]?.timestamp ?? null;
  }

  /**
   * Takes records at or behind `end`; what is before is known already and left out. Throws `internal` for offsets that are
   * none or do not ascend: to commit one of them would lose records, or say them twice.
   */
  put(records: readonly LogRecord[], nextOffset: number): Promise<void> {
    refuseDisorder(records, nextOffset);
    if (nextOffset <= this.#end) return Promise.resolve();
    const first = records.findIndex((record) => record.offset >= this.#end);
    const fresh = first < 0 ? [] : records.slice(first);
    this.#fetched.push({ records: fresh, nextOffset, taken: 0 });
    this.#size += fresh.length;
    this.#end = nextOffset;
    if (this.#size <= this.#limit) return Promise.resolve();
    return this.wait();
  }

  /** Resolves at the next `take` that makes room, or at `release`. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Up to `limit` records with the offset behind them; undefined if nothing waits. */
  take(limit: number): { readonly records: readonly LogRecord[]; readonly nextOffset: number } | undefined {
    const fetched = this.#fetched[0];
    if (fetched === undefined) return undefined;
    const records = fetched.records.slice(fetched.taken, fetched.taken + limit);
    fetched.taken += records.length;
    this.#size -= records.length;
    const isWhole = fetched.taken >= fetched.records.length;
    if (isWhole) this.#fetched.shift();
    if (this.#size <= this.#limit) this.release();
    this.#start = isWhole ? fetched.nextOffset : (records.at(-1)?.offset ?? this.#start) + 1;
    return { records, nextOffset: this.#start };
  }

  /** Empties the queue: it delivers from `offset` on (default: behind what was put so far). */
  clear(offset = this.#end): void {
    this.#fetched = [];
    this.#size = 0;
    this.#start = offset;
    this.#end = offset;
    this.release();
  }

  /** Lets every waiting `put` resolve. */
  release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function refuseDisorder(records: readonly LogRecord[], nextOffset: number): void {
  let least = 0;
  for (const { offset } of records) {
    if (!(Number.isSafeInteger(offset) && offset >= least)) throw disorder(`an offset from ${least} on`, offset);
    least = offset + 1;
  }
  if (!(Number.isSafeInteger(nextOffset) && nextOffset >= least))
    throw disorder(`a next offset from ${least} on`, nextOffset);
}

const disorder = (expected: string, got: number): ResonantError =>
  new ResonantError('internal', `the log delivered records out of order: expected ${expected}, got ${got}`);
