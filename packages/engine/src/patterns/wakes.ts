/** When to look at something again; it stands in one `Wakes` at most. */
export interface Wake<T> {
  readonly of: T;
  /** +∞ = not at all. */
  at: number;
  /** Its place there; −1 = none. */
  place: number;
}

export const wakeOf = <T>(of: T): Wake<T> => ({ of, at: Number.POSITIVE_INFINITY, place: -1 });

/** An instant as a part of the state has it: null = +∞, which JSON has no form for. */
export const storedInstant = (at: number): number | null => (at === Number.POSITIVE_INFINITY ? null : at);

/** An instant of a part of the state. */
export const readInstant = (at: number | null): number => at ?? Number.POSITIVE_INFINITY;

/** What to look at next: a binary heap whose items know their place, so each stands in it once. */
export class Wakes<T> {
  readonly #heap: Wake<T>[] = [];

  /** Sets when to look again; +∞ = not at all. */
  set(wake: Wake<T>, at: number): void {
    if (wake.at === at) return;
    const later = at > wake.at;
    wake.at = at;
    if (at === Number.POSITIVE_INFINITY) this.#remove(wake);
    else if (wake.place < 0) this.#up(wake, this.#heap.length);
    else if (later) this.#down(wake, wake.place);
    else this.#up(wake, wake.place);
  }

  /** The earliest wake; +∞ = none. */
  next(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Takes one whose wake has come by `now`; undefined if there is none. */
  take(now: number): T | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    first.at = Number.POSITIVE_INFINITY;
    this.#remove(first);
    return first.of;
  }

  #remove(wake: Wake<T>): void {
    const { place } = wake;
    if (place < 0) return;
    wake.place = -1;
    const last = this.#heap.pop() as Wake<T>;
    if (last === wake) return;
    const parent = this.#heap[(place - 1) >> 1];
    if (place > 0 && parent !== undefined && last.at < parent.at) this.#up(last, place);
    else this.#down(last, place);
  }

  #up(wake: Wake<T>, from: number): void {
    const heap = this.#heap;
    let i = from;
    while (i > 0) {
      const parent = heap[(i - 1) >> 1] as Wake<T>;
      if (parent.at <= wake.at) break;
      heap[i] = parent;
      parent.place = i;
      i = (i - 1) >> 1;
    }
    heap[i] = wake;
    wake.place = i;
  }

  #down(wake: Wake<T>, from: number): void {
    const heap = this.#heap;
    let i = from;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Wake<T>).at < (heap[child] as Wake<T>).at) child++;
      const below = heap[child] as Wake<T>;
      if (below.at >= wake.at) break;
      heap[i] = below;
      below.place = i;
      i = child;
    }
    heap[i] = wake;
    wake.place = i;
  }
}
