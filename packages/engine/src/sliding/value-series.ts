import type { Decimal } from '../exact.ts';
import { scaleOf, unitsFrom, unitsOf } from '../units.ts';
import { RangeExtremes } from './range-extremes.ts';
import { combined, nothing, type Total, ValueChunk } from './value-chunk.ts';
import type { Values } from './value-record.ts';

/** A bucket as JSON holds it. */
interface BucketState {
  readonly at: number;
  readonly count: number;
  readonly sum: Decimal;
  readonly min: number;
  readonly max: number;
}

const none: readonly ValueChunk[] = [];

/**
 * Counts, exact sums and extremes per bucket of `grain` ms, in chunks of packed buckets. Chunks know what those before
 * them add up to, and a tree their extremes, so a read looks into the two chunks at its ends alone; a late value
 * corrects the totals of the chunks behind its own.
 */
export class ValueSeries {
  readonly grain: number;
  #chunks = none;
  #size = 0;
  /** Buckets before this one are forgotten, also where their chunk still holds them. */
  #floor = Number.NEGATIVE_INFINITY;
  /** Extremes of the chunks, by their place and `#gone`; null until they are asked for. */
  #extremes: RangeExtremes | null = null;
  /** Chunks dropped since totals and extremes were counted from the first. */
  #gone = 0;

  constructor(grain: number) {
    this.grain = grain;
  }

  /** Buckets that are kept. */
  get size(): number {
    return this.#size;
  }

  /** Adds a value to the bucket that holds `at`. */
  add(at: number, value: number): void {
    const scale = scaleOf(value);
    this.#add(Math.floor(at / this.grain), { count: 1, sum: unitsOf(value, scale), scale, min: value, max: value });
  }

  /** What the buckets in [from, to) add up to; both ends on bucket borders. */
  total(from: number, to: number): Total {
    const low = Math.max(Math.ceil(from / this.grain), this.#floor);
    const high = Math.ceil(to / this.grain);
    return low >= high ? nothing : combined(this.#totalBefore(high), this.#totalBefore(low), -1);
  }

  /** The least or the greatest value in [from, to); both ends on bucket borders; ±∞ = none. */
  extreme(of: 'min' | 'max', from: number, to: number): number {
    const low = Math.max(Math.ceil(from / this.grain), this.#floor);
    const high = Math.ceil(to / this.grain);
    const chunks = this.#chunks;
    const first = Math.max(this.#chunkAt(low), 0);
    const last = this.#chunkAt(high - 1);
    let extreme = of === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    if (last - first > 1) extreme = this.#tree().extreme(of, first + 1 + this.#gone, last + this.#gone);
    for (const i of first < last ? [last, first] : last < 0 ? [] : [last]) {
      const chunk = chunks[i] as ValueChunk;
      // Most chunks at an end hold nothing that goes beyond what lies between.
      if (Math[of](extreme, chunk[of]) === extreme) continue;
      const whole = low <= chunk.base && chunk.last < high;
      extreme = Math[of](extreme, whole ? chunk[of] : chunk.extreme(of, low, high));
    }
    return extreme;
  }

  /** The earliest time after `at` from which [t − window, t) may hold other buckets than at `at`. */
  changesAfter(at: number, window: number): number {
    const entering = this.#firstFrom(Math.floor(at / this.grain));
    const leaving = this.#firstFrom(Math.ceil((at - window) / this.grain));
    return Math.min((entering + 1) * this.grain, leaving * this.grain + window + 1);
  }

  /** Start of the first bucket ≥ at; +∞ = none. */
  firstFrom(at: number): number {
    return this.#firstFrom(Math.ceil(at / this.grain)) * this.grain;
  }

  first(): number {
    return this.firstFrom(Number.NEGATIVE_INFINITY);
  }

  last(): number {
    return this.#size === 0 ? Number.NEGATIVE_INFINITY : (this.#chunks.at(-1) as ValueChunk).last * this.grain;
  }

  /** Forgets buckets that end at or before `before`. */
  forget(before: number): void {
    const floor = Math.floor(before / this.grain);
    if (floor <= this.#floor) return;
    this.#floor = floor;
    let gone = 0;
    for (const chunk of this.#chunks) {
      if (chunk.last >= floor) break;
      this.#size -= chunk.size;
      gone++;
    }
    if (gone === 0) return;
    this.#chunks = gone === this.#chunks.length ? none : this.#chunks.slice(gone);
    this.#gone += gone;
    if (this.#gone > this.#chunks.length) this.#recount();
  }

  /** The same values in other buckets: exact if the old grain is a multiple of the new one. */
  regrained(grain: number): ValueSeries {
    if (grain === this.grain) return this;
    const series = new ValueSeries(grain);
    for (const [bucket, values] of this.#buckets()) series.#add(Math.floor((bucket * this.grain) / grain), values);
    return series;
  }

  /** What both hold, in buckets of this one's length; neither is changed. */
  combined(other: ValueSeries): ValueSeries {
    const series = new ValueSeries(this.grain);
    for (const each of [this, other]) {
      for (const [bucket, values] of each.#buckets()) {
        series.#add(Math.floor((bucket * each.grain) / series.grain), values);
      }
    }
    return series;
  }

  export(): unknown {
    const buckets: BucketState[] = [];
    for (const [bucket, { count, sum, scale, min, max }] of this.#buckets()) {
      buckets.push({ at: bucket * this.grain, count, sum: { units: BigInt(sum), scale }, min, max });
    }
    return { grain: this.grain, buckets };
  }

  static import(state: unknown): ValueSeries {
    const { grain, buckets } = state as { readonly grain: number; readonly buckets: readonly BucketState[] };
    const series = new ValueSeries(grain);
    for (const { at, count, sum, min, max } of buckets) {
      series.#add(at / grain, { count, sum: unitsFrom(sum.units), scale: sum.scale, min, max });
    }
    return series;
  }

  *#buckets(): Generator<readonly [bucket: number, values: Values]> {
    for (const chunk of this.#chunks) {
      for (const each of chunk.buckets()) if (each[0] >= this.#floor) yield each;
    }
  }

  #add(bucket: number, values: Values): void {
    if (bucket < this.#floor) this.#reopen(bucket);
    const i = this.#placeFor(bucket);
    const chunk = this.#chunks[i] as ValueChunk;
    if (chunk.add(bucket, values)) this.#size++;
    for (let behind = i + 1; behind < this.#chunks.length; behind++) {
      const later = this.#chunks[behind] as ValueChunk;
      later.before = combined(later.before, values);
    }
    this.#extremes?.set(i + this.#gone, chunk.min, chunk.max);
  }

  /** The place of the chunk that is to hold a bucket. */
  #placeFor(bucket: number): number {
    const i = Math.max(this.#chunkAt(bucket), 0);
    const chunk = this.#chunks[i];
    if (chunk === undefined) {
      this.#chunks = [new ValueChunk(bucket)];
      this.#gone = 0;
      this.#extremes = null;
      return 0;
    }
    if (!chunk.isFull || bucket === chunk.last) return i;
    if (bucket > chunk.last) {
      this.#insert(i + 1, new ValueChunk(bucket));
      return i + 1;
    }
    this.#insert(i + 1, chunk.split());
    return Math.max(this.#chunkAt(bucket), 0);
  }

  #insert(i: number, chunk: ValueChunk): void {
    const before = this.#chunks[i - 1] as ValueChunk;
    chunk.before = combined(before.before, before.total);
    if (i < this.#chunks.length) {
      this.#chunks = this.#chunks.toSpliced(i, 0, chunk);
      this.#extremes = null;
    } else {
      (this.#chunks as ValueChunk[]).push(chunk);
      if (this.#extremes !== null && i + this.#gone >= this.#extremes.capacity) this.#extremes = null;
    }
  }

  /** Takes what is forgotten out of its chunk, for a bucket that comes before it. */
  #reopen(bucket: number): void {
    const kept = [...this.#buckets()];
    this.#chunks = none;
    this.#size = 0;
    this.#floor = Number.NEGATIVE_INFINITY;
    for (const [each, values] of kept) this.#add(each, values);
    this.#floor = bucket;
  }

  #totalBefore(bucket: number): Total {
    const chunk = this.#chunks[this.#chunkAt(bucket - 1)];
    if (chunk === undefined) return this.#chunks[0]?.before ?? nothing;
    return combined(chunk.before, chunk.last < bucket ? chunk.total : chunk.totalBefore(bucket));
  }

  #firstFrom(bucket: number): number {
    const from = Math.max(bucket, this.#floor);
    const i = Math.max(this.#chunkAt(from), 0);
    const found = this.#chunks[i]?.firstFrom(from) ?? Number.POSITIVE_INFINITY;
    return found === Number.POSITIVE_INFINITY ? (this.#chunks[i + 1]?.base ?? found) : found;
  }

  /** The last chunk that begins at or before a bucket; −1 = none. */
  #chunkAt(bucket: number): number {
    const chunks = this.#chunks;
    let low = 0;
    let high = chunks.length;
    if (high > 0 && (chunks[high - 1] as ValueChunk).base <= bucket) return high - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((chunks[middle] as ValueChunk).base <= bucket) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Counts totals from the first chunk on. */
  #recount(): void {
    let before = nothing;
    for (const chunk of this.#chunks) {
      chunk.before = before;
      before = combined(before, chunk.total);
    }
    this.#gone = 0;
    this.#extremes = null;
  }

  #tree(): RangeExtremes {
    if (this.#extremes === null) {
      this.#extremes = new RangeExtremes(2 * (this.#chunks.length + this.#gone));
      for (const [i, { min, max }] of this.#chunks.entries()) this.#extremes.set(i + this.#gone, min, max);
    }
    return this.#extremes;
  }
}
