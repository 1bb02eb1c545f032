const none: readonly never[] = [];

/** A list in order: items are found by search, put in at their place, and dropped from the front at no cost. */
export class OrderedList<T> implements Iterable<T> {
  readonly #before: (a: T, b: T) => boolean;
  #items: readonly T[] = none;
  /** Items that are dropped, and not cleared away yet. */
  #gone = 0;

  /** `before` = whether an item stands before another. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length - this.#gone;
  }

  /** The item at a place; undefined where there is none. */
  at(place: number): T | undefined {
    return place < 0 ? undefined : this.#items[this.#gone + place];
  }

  get last(): T | undefined {
    return this.at(this.size - 1);
  }

  /** The place of the first item that `isOver`, as all behind it are; the size = none is. */
  firstOver(isOver: (item: T) => boolean): number {
    const items = this.#items;
    let low = this.#gone;
    let high = items.length;
    // Most searches end at the last items.
    if (high > low && !isOver(items[high - 1] as T)) return high - this.#gone;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isOver(items[middle] as T)) high = middle;
      else low = middle + 1;
    }
    return low - this.#gone;
  }

  /** Puts an item behind those before it, and before its equals. */
  insert(item: T): void {
    const before = this.#before;
    const place = this.firstOver((each) => !before(each, item));
    if (this.#items === none) this.#items = [item];
    else if (place === this.size) (this.#items as T[]).push(item);
    else (this.#items as T[]).splice(this.#gone + place, 0, item);
  }

  /** Drops so many items from the front; what is cleared away at once is never less than what stays. */
  drop(count: number): void {
    this.#gone += count;
    if (this.#gone < this.size || this.#gone === 0) return;
    this.#items = this.size === 0 ? none : this.#items.slice(this.#gone);
    this.#gone = 0;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = this.#gone; i < this.#items.length; i++) yield this.#items[i] as T;
  }
}
