/** What is kept by key, each item a part of the state of its own: it knows which ones changed. */
export class KeyedParts<V> {
  readonly #items = new Map<string, V>();
  readonly #changed = new Set<string>();
  /** Keys of parts that were given, and are not gone for who has them. */
  readonly #given = new Set<string>();
  readonly #exported: (item: V) => unknown;

  /** @param exported an item as its part holds it */
  constructor(exported: (item: V) => unknown) {
    this.#exported = exported;
  }

  get size(): number {
    return this.#items.size;
  }

  get(key: string): V | undefined {
    return this.#items.get(key);
  }

  set(key: string, item: V): void {
    this.#items.set(key, item);
    this.#changed.add(key);
  }

  delete(key: string): void {
    if (!this.#items.delete(key)) return;
    // of what nobody has nothing is left: a replay never asks for parts
    if (this.#given.has(key)) this.#changed.add(key);
    else this.#changed.delete(key);
  }

  /** Items with their keys, in the order in which they came. */
  entries(): Iterable<readonly [string, V]> {
    return this.#items;
  }

  /** Every part. */
  *parts(): Generator<readonly [string, unknown]> {
    for (const [key, item] of this.#items) yield [key, this.#exported(item)];
  }

  /** Parts that changed and were not given since; null = gone. */
  *changed(): Generator<readonly [string, unknown]> {
    for (const key of this.#changed) {
      this.#changed.delete(key);
      const item = this.#items.get(key);
      if (item === undefined) this.#given.delete(key);
      else this.#given.add(key);
      yield [key, item === undefined ? null : this.#exported(item)];
    }
  }

  /** Parts that `changed` would give. */
  get changedCount(): number {
    return this.#changed.size;
  }

  /** Takes over an item whose part stands as it would be written. */
  adopt(key: string, item: V): void {
    this.#items.set(key, item);
    this.#given.add(key);
  }
}
