import { addUnits, scaleUnits, type Units } from '../units.ts';
import { joined, RecordReader, type Values, writeRecord } from './value-record.ts';

/** A chunk with this many bytes is full. */
const full = 1024;

/** How many values, and what they add up to in units of 10^−scale. */
export interface Total {
  readonly count: number;
  readonly sum: Units;
  readonly scale: number;
}

export const nothing: Total = { count: 0, sum: 0, scale: 0 };

/** a + b, or with `sign` −1 a − b. */
export function combined(a: Total, b: Total, sign: 1 | -1 = 1): Total {
  const scale = Math.max(a.scale, b.scale);
  const other = scaleUnits(b.sum, scale - b.scale);
  const sum = addUnits(
    scaleUnits(a.sum, scale - a.scale),
    typeof other === 'number' ? sign * other : BigInt(sign) * other,
  );
  return { count: a.count + sign * b.count, sum, scale };
}

/** Buckets in a row, packed: some hundred of them in a kilobyte. */
export class ValueChunk {
  /** The bucket that records count theirs from. */
  base: number;
  size = 0;
  /** All values in it. */
  total: Total = nothing;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** What the chunks before it add up to; the series keeps it. */
  before: Total = nothing;
  #bytes = new Uint8Array(32);
  #used = 0;
  /** Where the last record begins. */
  #tail = 0;

  constructor(base: number) {
    this.base = base;
  }

  get isFull(): boolean {
    return this.#used >= full && this.size > 1;
  }

  /** The last bucket. */
  get last(): number {
    const reader = new RecordReader(this.#bytes, this.#tail, this.#used);
    return reader.read() ? this.base + reader.distance : this.base;
  }

  /** Adds to a bucket; true if it held nothing before. */
  add(bucket: number, values: Values): boolean {
    if (bucket < this.base) this.#rebase(bucket);
    const distance = bucket - this.base;
    const reader = this.#find(distance);
    const isNew = reader.start === reader.next || reader.distance !== distance;
    const out: number[] = [];
    writeRecord(out, distance, isNew ? values : joined(reader.values(), values));
    this.#splice(reader.start, isNew ? reader.start : reader.next, out);
    if (isNew) this.size++;
    this.total = combined(this.total, values);
    this.min = Math.min(this.min, values.min);
    this.max = Math.max(this.max, values.max);
    return isNew;
  }

  /** What the buckets before `bucket` add up to. */
  totalBefore(bucket: number): Total {
    const reader = this.#reader();
    let [count, sum, scale]: [number, Units, number] = [0, 0, 0];
    while (reader.read() && reader.distance < bucket - this.base) {
      count += reader.count;
      if (reader.scale === scale) sum = addUnits(sum, reader.sum);
      else ({ sum, scale } = combined({ count: 0, sum, scale }, reader));
    }
    return { count, sum, scale };
  }

  /** The least or the greatest value in the buckets [from, to); ±∞ = none. */
  extreme(of: 'min' | 'max', from: number, to: number): number {
    let extreme = of === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const reader = this.#reader();
    while (reader.read() && reader.distance < to - this.base) {
      if (reader.distance >= from - this.base) extreme = Math[of](extreme, reader[of]);
    }
    return extreme;
  }

  /** The first bucket ≥ `bucket`; +∞ = none. */
  firstFrom(bucket: number): number {
    const reader = this.#find(bucket - this.base);
    return reader.start === reader.next ? Number.POSITIVE_INFINITY : this.base + reader.distance;
  }

  *buckets(): Generator<readonly [bucket: number, values: Values]> {
    for (const reader = this.#reader(); reader.read(); ) yield [this.base + reader.distance, reader.values()];
  }

  /** Moves the later half of its buckets into a chunk of their own. */
  split(): ValueChunk {
    const all = [...this.buckets()];
    const half = all.length >> 1;
    const later = new ValueChunk((all[half] as (typeof all)[number])[0]);
    for (const [bucket, values] of all.slice(half)) later.add(bucket, values);
    this.#used = 0;
    this.#tail = 0;
    this.size = 0;
    this.total = nothing;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    for (const [bucket, values] of all.slice(0, half)) this.add(bucket, values);
    return later;
  }

  #reader(): RecordReader {
    return new RecordReader(this.#bytes, 0, this.#used);
  }

  /** At the first record that is not before `distance`, or behind the last: then its start is its end. */
  #find(distance: number): RecordReader {
    const last = new RecordReader(this.#bytes, this.#tail, this.#used);
    if (last.read() && last.distance < distance) {
      last.read();
      return last;
    }
    if (last.distance === distance) return last;
    const reader = this.#reader();
    while (reader.read() && reader.distance < distance);
    return reader;
  }

  #splice(start: number, end: number, record: readonly number[]): void {
    const used = this.#used + record.length - (end - start);
    if (used > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(used, this.#bytes.length * 2));
      bytes.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = bytes;
    }
    this.#bytes.copyWithin(start + record.length, end, this.#used);
    this.#bytes.set(record, start);
    if (end === this.#used) this.#tail = start;
    else this.#tail += used - this.#used;
    this.#used = used;
  }

  /** Counts records from an earlier bucket. */
  #rebase(base: number): void {
    const out: number[] = [];
    for (const [bucket, values] of this.buckets()) {
      this.#tail = out.length;
      writeRecord(out, bucket - base, values);
    }
    this.#bytes = Uint8Array.from(out);
    this.#used = out.length;
    this.base = base;
  }
}
