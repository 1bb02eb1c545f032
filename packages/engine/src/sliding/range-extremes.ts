/** The least and the greatest of any run in a row of items that each have both: a segment tree. */
export class RangeExtremes {
  /** Items it has room for, a power of two. */
  readonly capacity: number;
  readonly #min: Float64Array;
  readonly #max: Float64Array;

  constructor(atLeast: number) {
    this.capacity = 2 ** Math.ceil(Math.log2(Math.max(atLeast, 2)));
    this.#min = new Float64Array(2 * this.capacity).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(2 * this.capacity).fill(Number.NEGATIVE_INFINITY);
  }

  set(i: number, min: number, max: number): void {
    let node = i + this.capacity;
    this.#min[node] = min;
    this.#max[node] = max;
    for (node >>= 1; node > 0; node >>= 1) {
      this.#min[node] = Math.min(this.#min[2 * node] as number, this.#min[2 * node + 1] as number);
      this.#max[node] = Math.max(this.#max[2 * node] as number, this.#max[2 * node + 1] as number);
    }
  }

  /** Of the items [from, to); ±∞ = none. */
  extreme(of: 'min' | 'max', from: number, to: number): number {
    const tree = of === 'min' ? this.#min : this.#max;
    let extreme = of === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    let low = from + this.capacity;
    let high = to + this.capacity;
    for (; low < high; low >>= 1, high >>= 1) {
      if (low % 2 === 1) extreme = Math[of](extreme, tree[low++] as number);
      if (high % 2 === 1) extreme = Math[of](extreme, tree[--high] as number);
    }
    return extreme;
  }
}
