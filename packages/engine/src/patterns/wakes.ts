import { Heap } from '../heap.ts';

interface Wake {
  readonly at: number;
  readonly key: string;
}

/** When to look at which subject again. A subject has one wake, the last that was set. */
export class Wakes {
  #heap = new Heap<Wake>((a, b) => a.at < b.at);
  readonly #set = new Map<string, number>();

  /** Sets the wake of a subject; +∞ = none. */
  set(key: string, at: number): void {
    if (this.#set.get(key) === at) return;
    if (at === Number.POSITIVE_INFINITY) {
      this.#set.delete(key);
      return;
    }
    this.#set.set(key, at);
    this.#heap.push({ at, key });
    if (this.#heap.size > 2 * this.#set.size + 1000) this.#rebuild();
  }

  /** The earliest wake; +∞ = none. */
  next(): number {
    for (let wake = this.#heap.peek(); wake !== undefined; wake = this.#heap.peek()) {
      if (this.#set.get(wake.key) === wake.at) return wake.at;
      this.#heap.pop();
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Takes the subjects whose wake has come. */
  due(now: number): string[] {
    const keys: string[] = [];
    while (this.next() <= now) {
      const { key } = this.#heap.pop() as Wake;
      this.#set.delete(key);
      keys.push(key);
    }
    return keys;
  }

  #rebuild(): void {
    this.#heap = new Heap<Wake>((a, b) => a.at < b.at);
    for (const [key, at] of this.#set) this.#heap.push({ at, key });
  }
}
