import { addUnits, doubleOf, negateUnits, scaleUnits, type Units, unitsFrom, unitsOf } from '../units.ts';

/** What the values of a bucket add up to: `sum` in units of 10^−scale, the least and the greatest value. */
export interface Values {
  readonly count: number;
  readonly sum: Units;
  readonly scale: number;
  readonly min: number;
  readonly max: number;
}

/** The values of two buckets together. */
export function joined(a: Values, b: Values): Values {
  const scale = Math.max(a.scale, b.scale);
  return {
    count: a.count + b.count,
    sum: addUnits(scaleUnits(a.sum, scale - a.scale), scaleUnits(b.sum, scale - b.scale)),
    scale,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

/**
 * Appends a record: the bucket by its distance from the first of its chunk, and its values. It is a row of integers of
 * as many bytes as they need: distance, 2 · scale + 1 for a single value, then that value, or count, sum, least, and how
 * far the greatest is from it.
 */
export function writeRecord(out: number[], distance: number, { count, sum, scale, min, max }: Values): void {
  writeUnits(out, distance);
  writeUnits(out, 2 * scale + (count === 1 ? 1 : 0));
  if (count === 1) {
    writeUnits(out, sum);
    return;
  }
  const least = unitsOf(min, scale);
  writeUnits(out, count);
  writeUnits(out, sum);
  writeUnits(out, least);
  writeUnits(out, addUnits(unitsOf(max, scale), negateUnits(least)));
}

/** Six bits and the sign, then seven bits a byte; the highest bit says that more follow. */
function writeUnits(out: number[], units: Units): void {
  if (typeof units === 'bigint') {
    writeBig(out, units);
    return;
  }
  const magnitude = Math.abs(units);
  let rest = Math.floor(magnitude / 64);
  out.push((magnitude % 64) + (units < 0 ? 64 : 0) + (rest > 0 ? 128 : 0));
  while (rest > 0) {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    out.push(low + (rest > 0 ? 128 : 0));
  }
}

function writeBig(out: number[], units: bigint): void {
  const magnitude = units < 0n ? -units : units;
  let rest = magnitude >> 6n;
  out.push(Number(magnitude & 63n) + (units < 0n ? 64 : 0) + (rest > 0n ? 128 : 0));
  while (rest > 0n) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    out.push(low + (rest > 0n ? 128 : 0));
  }
}

/** Goes over the records of a chunk. */
export class RecordReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** Where the record that was read begins. */
  start = 0;
  /** Where it ends, and the next one begins. */
  next: number;
  distance = 0;
  scale = 0;
  count = 0;
  sum: Units = 0;
  #least: Units = 0;
  #range: Units = 0;

  constructor(bytes: Uint8Array, from: number, end: number) {
    this.#bytes = bytes;
    this.next = from;
    this.#end = end;
  }

  /** Reads the next record; false behind the last. */
  read(): boolean {
    this.start = this.next;
    if (this.start >= this.#end) return false;
    this.distance = this.#number();
    const form = this.#number();
    this.scale = form >> 1;
    if (form % 2 === 1) {
      this.count = 1;
      this.sum = this.#units();
      this.#least = this.sum;
      this.#range = 0;
    } else {
      this.count = this.#number();
      this.sum = this.#units();
      this.#least = this.#units();
      this.#range = this.#units();
    }
    return true;
  }

  get min(): number {
    return doubleOf(this.#least, this.scale);
  }

  get max(): number {
    return doubleOf(addUnits(this.#least, this.#range), this.scale);
  }

  values(): Values {
    const { count, sum, scale, min, max } = this;
    return { count, sum, scale, min, max };
  }

  #number(): number {
    return this.#units() as number;
  }

  #units(): Units {
    const bytes = this.#bytes;
    const first = bytes[this.next++] as number;
    let value = first & 63;
    if (first < 128) return first < 64 ? value : 0 - value;
    let byte = first;
    for (let factor = 64; byte >= 128; factor *= 128) {
      if (factor > 2 ** 41) return this.#big(value, first);
      byte = bytes[this.next++] as number;
      value += (byte & 127) * factor;
    }
    return (first & 64) === 0 ? value : -value;
  }

  /** Goes on where the number so far, of 48 bits, has no room for more. */
  #big(low: number, first: number): Units {
    let value = BigInt(low);
    let byte = 128;
    for (let shift = 48n; byte >= 128; shift += 7n) {
      byte = this.#bytes[this.next++] as number;
      value += BigInt(byte & 127) << shift;
    }
    return unitsFrom((first & 64) === 0 ? value : -value);
  }
}
