import type { Signal } from '@resonant/contracts';
import { Arrivals, type Arrived } from './arrivals.ts';
import { Heap } from './heap.ts';
import { compareText } from './ids.ts';
import { KeyedParts } from './keyed-parts.ts';
import type { Taken } from './runtime.ts';
import { SeenIds } from './seen-ids.ts';

const minute = 60_000;

/** A signal that was judged and waits for its instant. */
export interface Waiting extends Taken {
  /** Place in the log, counted from 0. */
  readonly order: number;
}

/** As the version of the state before this one has it. */
export interface FormerIntake {
  readonly arrived: readonly Arrived[];
  readonly waiting: readonly Waiting[];
}

const byTime = ({ signal: a }: Waiting, { signal: b }: Waiting): number =>
  a.occurredAt - b.occurredAt || compareText(a.id, b.id);

/** Signals on their way to the rules: they arrive, are judged by the first tick that follows, and wait for their instant. */
export class Intake {
  duplicates = 0;
  quarantined = 0;
  readonly seen = new SeenIds();
  readonly arrivals = new Arrivals();
  /** Judged, and ahead of the ticks so far: by place in the log. */
  readonly waiting = new KeyedParts<Waiting>((waiting) => waiting);
  readonly #queue = new Heap<Waiting>((a, b) => byTime(a, b) < 0);
  /** Judged by this tick, and reached by it. */
  #ready: Waiting[] = [];

  /** Signals that no tick has taken. */
  get size(): number {
    return this.arrivals.size + this.waiting.size;
  }

  arrive(signal: Signal, order: number): void {
    this.arrivals.push({ signal, order });
  }

  /** Judges what arrived since the tick `before`, in log order: duplicate, too far ahead, or waiting for its instant. */
  judge(at: number, before: number): void {
    const judgedBy = before === Number.NEGATIVE_INFINITY ? at : before;
    for (const { signal, order } of this.arrivals.take()) {
      if (signal.occurredAt > at + 5 * minute) {
        if (this.seen.has(signal.id, at)) this.duplicates++;
        else this.quarantined++;
      } else if (this.seen.add(signal.id, at)) {
        const waiting = { signal, arrivedAt: before, judgedBy, order };
        if (signal.occurredAt <= at) this.#ready.push(waiting);
        else this.#wait(waiting);
      } else this.duplicates++;
    }
    this.seen.forget(at);
  }

  /** The signals that `at`, the tick that judged last, reaches: by (occurredAt, id). */
  take(at: number): readonly Waiting[] {
    const taken = this.#ready;
    this.#ready = [];
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      if (next.signal.occurredAt > at) break;
      this.#queue.pop();
      this.waiting.delete(String(next.order));
      taken.push(next);
    }
    return taken.sort(byTime);
  }

  /** A signal that waits, whose part stands as it would be written. */
  adopt(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.waiting.adopt(String(waiting.order), waiting);
  }

  /** Takes over what has no parts yet. */
  importFormer({ arrived, waiting }: FormerIntake): void {
    for (const each of arrived) this.arrivals.push(each);
    for (const each of waiting) this.#wait(each);
  }

  #wait(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.waiting.set(String(waiting.order), waiting);
  }
}
