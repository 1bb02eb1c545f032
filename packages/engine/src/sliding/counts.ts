import { lowerBound } from './sorted.ts';

/** How many signals of two roles came in a span. */
export interface Sums {
  readonly n: number;
  readonly d: number;
}

/**
 * Counts of two roles per bucket of `grain` ms. Sums over any span of whole buckets cost two searches: running totals
 * are kept beside the buckets and made again from where a late signal falls.
 */
export class CountSeries {
  readonly grain: number;
  /** Buckets that are not empty, by their number since the epoch. */
  #buckets: number[] = [];
  #n: number[] = [];
  #d: number[] = [];
  /** Totals up to and including each bucket. */
  #sumN: number[] = [];
  #sumD: number[] = [];

  constructor(grain: number) {
    this.grain = grain;
  }

  get size(): number {
    return this.#buckets.length;
  }

  add(at: number, n: number, d: number): void {
    const bucket = Math.floor(at / this.grain);
    const i = lowerBound(this.#buckets, bucket);
    if (this.#buckets[i] === bucket) {
      this.#n[i] = (this.#n[i] as number) + n;
      this.#d[i] = (this.#d[i] as number) + d;
    } else if (i === this.#buckets.length) {
      this.#buckets.push(bucket);
      this.#n.push(n);
      this.#d.push(d);
    } else {
      this.#buckets.splice(i, 0, bucket);
      this.#n.splice(i, 0, n);
      this.#d.splice(i, 0, d);
    }
    this.#total(i);
  }

  /** Counts in [from, to); both ends on bucket borders. */
  sums(from: number, to: number): Sums {
    const low = lowerBound(this.#buckets, from / this.grain) - 1;
    const high = lowerBound(this.#buckets, to / this.grain) - 1;
    if (high === low) return { n: 0, d: 0 };
    return {
      n: (this.#sumN[high] as number) - (low < 0 ? 0 : (this.#sumN[low] as number)),
      d: (this.#sumD[high] as number) - (low < 0 ? 0 : (this.#sumD[low] as number)),
    };
  }

  /** The earliest time after `at` from which [t − from, t − to) may hold other buckets than at `at`; +∞ = never. */
  changesAfter(at: number, from: number, to: number): number {
    const entering = this.#buckets[lowerBound(this.#buckets, Math.floor((at - to) / this.grain))];
    const leaving = this.#buckets[lowerBound(this.#buckets, Math.ceil((at - from) / this.grain))];
    const enters = entering === undefined ? Number.POSITIVE_INFINITY : (entering + 1) * this.grain + to;
    const leaves = leaving === undefined ? Number.POSITIVE_INFINITY : leaving * this.grain + from + 1;
    return Math.min(enters, leaves);
  }

  /** The start of the first bucket; +∞ when empty. */
  first(): number {
    return (this.#buckets[0] ?? Number.POSITIVE_INFINITY) * this.grain;
  }

  /** Start of the last bucket; −∞ when empty. */
  last(): number {
    return (this.#buckets.at(-1) ?? Number.NEGATIVE_INFINITY) * this.grain;
  }

  /** Drops buckets that end at or before `before`. */
  forget(before: number): void {
    const gone = lowerBound(this.#buckets, Math.floor(before / this.grain));
    if (gone === 0 || (gone < 64 && gone < this.#buckets.length)) return;
    this.#buckets = this.#buckets.slice(gone);
    this.#n = this.#n.slice(gone);
    this.#d = this.#d.slice(gone);
    this.#sumN = this.#sumN.slice(gone);
    this.#sumD = this.#sumD.slice(gone);
  }

  /** The same counts in other buckets: exact if the old grain is a multiple of the new one. */
  regrained(grain: number): CountSeries {
    if (grain === this.grain) return this;
    const series = new CountSeries(grain);
    this.#buckets.forEach((bucket, i) => {
      series.add(bucket * this.grain, this.#n[i] as number, this.#d[i] as number);
    });
    return series;
  }

  export(): unknown {
    return { grain: this.grain, buckets: this.#buckets, n: this.#n, d: this.#d };
  }

  static import(state: unknown): CountSeries {
    const { grain, buckets, n, d } = state as Record<'buckets' | 'n' | 'd', number[]> & { readonly grain: number };
    const series = new CountSeries(grain);
    series.#buckets = buckets;
    series.#n = n;
    series.#d = d;
    series.#total(0);
    return series;
  }

  #total(from: number): void {
    for (let i = from; i < this.#buckets.length; i++) {
      this.#sumN[i] = (this.#sumN[i - 1] ?? 0) + (this.#n[i] as number);
      this.#sumD[i] = (this.#sumD[i - 1] ?? 0) + (this.#d[i] as number);
    }
  }
}
