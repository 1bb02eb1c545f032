/** How many signals of two roles came in a span. */
export interface Sums {
  readonly n: number;
  readonly d: number;
}

/** The largest length that divides both. */
export const commonGrain = (a: number, b: number): number => (b === 0 ? a : commonGrain(b, a % b));

const none: Sums = { n: 0, d: 0 };
/** Numbers in a row: its bucket, and the totals up to and including it. */
const width = 3;
const empty = new Uint32Array(0);

/**
 * Counts of two roles per bucket of `grain` ms: twelve bytes for a bucket that is not empty. Rows hold running totals,
 * so the sums over any span of whole buckets cost two searches; a late signal corrects the rows behind its own.
 */
export class CountSeries {
  readonly grain: number;
  /** The bucket, counted since the epoch, that rows count theirs from. */
  #base = 0;
  /** Wide only where a row does not fit into 32 bits. */
  #rows: Uint32Array | Float64Array = empty;
  #size = 0;

  constructor(grain: number) {
    this.grain = grain;
  }

  /** Buckets that are kept. */
  get size(): number {
    return this.#size;
  }

  /** Adds to the bucket that holds `at`. */
  add(at: number, n: number, d: number): void {
    const bucket = Math.floor(at / this.grain);
    if (this.#size === 0) this.#base = bucket;
    else if (bucket < this.#base) this.#rebase(bucket);
    const offset = bucket - this.#base;
    const i = this.#from(offset);
    if (i === this.#size || this.#rows[i * width] !== offset) this.#insert(i, offset);
    if (this.#lastN() + n > 0xffffffff || this.#lastD() + d > 0xffffffff) this.#widen();
    const rows = this.#rows;
    for (let row = i * width, end = this.#size * width; row < end; row += width) {
      rows[row + 1] = (rows[row + 1] as number) + n;
      rows[row + 2] = (rows[row + 2] as number) + d;
    }
  }

  /** Counts in [from, to); both ends on bucket borders. */
  sums(from: number, to: number): Sums {
    if (this.#size === 0) return none;
    const low = this.#from(from / this.grain - this.#base);
    const high = this.#from(to / this.grain - this.#base);
    if (high === low) return none;
    const rows = this.#rows;
    const end = (high - 1) * width;
    if (low === 0) return { n: rows[end + 1] as number, d: rows[end + 2] as number };
    const start = (low - 1) * width;
    return {
      n: (rows[end + 1] as number) - (rows[start + 1] as number),
      d: (rows[end + 2] as number) - (rows[start + 2] as number),
    };
  }

  /** The earliest time after `at` from which [t − from, t − to) may hold other buckets than at `at`; +∞ = never. */
  changesAfter(at: number, from: number, to: number): number {
    const { grain } = this;
    const entering = this.#from(Math.floor((at - to) / grain) - this.#base);
    const leaving = this.#from(Math.ceil((at - from) / grain) - this.#base);
    return Math.min(
      entering === this.#size ? Number.POSITIVE_INFINITY : this.#startOf(entering) + grain + to,
      leaving === this.#size ? Number.POSITIVE_INFINITY : this.#startOf(leaving) + from + 1,
    );
  }

  /** Start of the last bucket before the one that holds `at`, at most `reach` ms before it, with d > 0; −∞ = none. */
  previousD(at: number, reach: number): number {
    const start = Math.floor(at / this.grain) * this.grain;
    for (let i = this.#from(start / this.grain - this.#base) - 1; i >= 0; i--) {
      const before = this.#startOf(i);
      if (start - before > reach) break;
      if (this.#dOf(i) > 0) return before;
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** Start of the first bucket after the one that holds `at`, at most `reach` ms after it, with d > 0; +∞ = none. */
  nextD(at: number, reach: number): number {
    const start = Math.floor(at / this.grain) * this.grain;
    for (let i = this.#from(start / this.grain + 1 - this.#base); i < this.#size; i++) {
      const after = this.#startOf(i);
      if (after - start > reach) break;
      if (this.#dOf(i) > 0) return after;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Every bucket: its start and its counts. */
  *buckets(): Generator<Sums & { readonly at: number }> {
    for (let i = 0; i < this.#size; i++) yield { at: this.#startOf(i), n: this.#nOf(i), d: this.#dOf(i) };
  }

  /** The start of the first bucket; +∞ when empty. */
  first(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#startOf(0);
  }

  /** Start of the last bucket; −∞ when empty. */
  last(): number {
    return this.#size === 0 ? Number.NEGATIVE_INFINITY : this.#startOf(this.#size - 1);
  }

  /** Drops buckets that end at or before `before`, many at a time; returns what they held. */
  forget(before: number): Sums {
    const gone = this.#size === 0 ? 0 : this.#from(Math.floor(before / this.grain) - this.#base);
    // What stays is copied, so that it is at most sixteen times what goes.
    const enough = Math.min(Math.max(64, this.#size >> 4), this.#size >> 1);
    if (gone === 0 || (gone < this.#size && gone < enough)) return none;
    const held = { n: this.#rows[gone * width - 2] as number, d: this.#rows[gone * width - 1] as number };
    this.#size -= gone;
    const rows = this.#rows.slice(gone * width, (gone + this.#size) * width);
    const first = rows[0] ?? 0;
    for (let row = 0; row < rows.length; row += width) {
      rows[row] = (rows[row] as number) - first;
      rows[row + 1] = (rows[row + 1] as number) - held.n;
      rows[row + 2] = (rows[row + 2] as number) - held.d;
    }
    this.#base += first;
    this.#rows = rows;
    return held;
  }

  /** The same counts in other buckets: exact if the old grain is a multiple of the new one. */
  regrained(grain: number): CountSeries {
    if (grain === this.grain) return this;
    const series = new CountSeries(grain);
    for (const { at, n, d } of this.buckets()) series.add(at, n, d);
    return series;
  }

  /** What both hold, in buckets of this one's length; neither is changed. */
  combined(other: CountSeries): CountSeries {
    const series = new CountSeries(this.grain);
    for (const { at, n, d } of this.buckets()) series.add(at, n, d);
    for (const { at, n, d } of other.buckets()) series.add(at, n, d);
    return series;
  }

  export(): unknown {
    const all = [...this.buckets()];
    return {
      grain: this.grain,
      buckets: all.map(({ at }) => at / this.grain),
      n: all.map(({ n }) => n),
      d: all.map(({ d }) => d),
    };
  }

  static import(state: unknown): CountSeries {
    const { grain, buckets, n, d } = state as Record<'buckets' | 'n' | 'd', number[]> & { readonly grain: number };
    const series = new CountSeries(grain);
    buckets.forEach((bucket, i) => {
      series.add(bucket * grain, n[i] as number, d[i] as number);
    });
    return series;
  }

  #startOf(i: number): number {
    return (this.#base + (this.#rows[i * width] as number)) * this.grain;
  }

  #nOf(i: number): number {
    return (this.#rows[i * width + 1] as number) - (i === 0 ? 0 : (this.#rows[(i - 1) * width + 1] as number));
  }

  #dOf(i: number): number {
    return (this.#rows[i * width + 2] as number) - (i === 0 ? 0 : (this.#rows[(i - 1) * width + 2] as number));
  }

  #lastN(): number {
    return this.#rows[this.#size * width - 2] as number;
  }

  #lastD(): number {
    return this.#rows[this.#size * width - 1] as number;
  }

  /** Index of the first row whose bucket is ≥ `offset`; most searches end at the last rows. */
  #from(offset: number): number {
    const rows = this.#rows;
    let low = 0;
    let high = this.#size;
    if (high > 0 && (rows[(high - 1) * width] as number) < offset) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rows[middle * width] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes room for a row at `i`, with the totals of the row before it. */
  #insert(i: number, offset: number): void {
    if ((this.#size + 1) * width > this.#rows.length) this.#grow();
    if (offset > 0xffffffff) this.#widen();
    const rows = this.#rows;
    const at = i * width;
    rows.copyWithin(at + width, at, this.#size * width);
    rows[at] = offset;
    rows[at + 1] = i === 0 ? 0 : (rows[at - width + 1] as number);
    rows[at + 2] = i === 0 ? 0 : (rows[at - width + 2] as number);
    this.#size++;
  }

  #grow(): void {
    const length = (this.#size + 2 + (this.#size >> 2)) * width;
    const rows = this.#rows instanceof Float64Array ? new Float64Array(length) : new Uint32Array(length);
    rows.set(this.#rows);
    this.#rows = rows;
  }

  #widen(): void {
    if (!(this.#rows instanceof Float64Array)) this.#rows = Float64Array.from(this.#rows);
  }

  /** Counts rows from an earlier bucket. */
  #rebase(base: number): void {
    const by = this.#base - base;
    if ((this.#rows[(this.#size - 1) * width] as number) + by > 0xffffffff) this.#widen();
    for (let i = 0; i < this.#size; i++) this.#rows[i * width] = (this.#rows[i * width] as number) + by;
    this.#base = base;
  }
}
