import type { Scheduler } from '../scheduler.ts';

interface Event {
  readonly at: number;
  /** Of two events of one instant the one that was made first comes first. */
  readonly order: number;
  readonly callback: () => void;
  isCancelled: boolean;
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Resolves when every promise that can settle without time going on has done so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Time that moves only from one event to the next. One event at a time is worked off with everything that follows from
 * it at once, so the same calls give the same run. As a `Scheduler` it is the broker's own: nothing waits or fails.
 */
export class VirtualTime implements Scheduler {
  #now: number;
  #made = 0;
  /** A binary heap, the next event first. */
  readonly #events: Event[] = [];

  /** @param start epoch ms */
  constructor(start: number) {
    this.#now = start;
  }

  /** In whole ms, as every clock here; in between time goes on in fractions. */
  now(): number {
    return Math.floor(this.#now);
  }

  async step(): Promise<void> {}

  after(ms: number, callback: () => void): () => void {
    const event: Event = { at: this.#now + Math.max(0, ms), order: this.#made++, callback, isCancelled: false };
    this.#push(event);
    return () => {
      event.isCancelled = true;
    };
  }

  /** Lets time go on until `isOver` holds or nothing is left to happen before `until` (epoch ms), which is then now. */
  async run(until: number, isOver: () => boolean = () => false): Promise<void> {
    await settled();
    while (!isOver()) {
      const event = this.#events[0];
      if (event === undefined || event.at > until) {
        this.#now = Math.max(this.#now, until);
        return;
      }
      this.#pop();
      if (event.isCancelled) continue;
      this.#now = event.at;
      event.callback();
      await settled();
    }
  }

  /** Lets time go on until `work` settles, and settles as it does; rejects with `late` after `ms`. */
  async during<T>(work: Promise<T>, ms: number, late: string): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    work.then(settle, settle);
    const until = this.#now + ms;
    await this.run(until, () => isSettled);
    if (!isSettled) throw new Error(`not within ${ms} ms of the simulation: ${late}`);
    return work;
  }

  #push(event: Event): void {
    const heap = this.#events;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[index] = heap[parent] as Event;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#events;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[index] = heap[child] as Event;
      index = child;
    }
    heap[index] = last;
  }
}
