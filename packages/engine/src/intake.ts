import type { Signal } from '@resonant/contracts';
import { Heap } from './heap.ts';
import type { Taken } from './runtime.ts';
import { type ReadPart, SeenIds } from './seen-ids.ts';

const minute = 60_000;

interface Arrived {
  readonly signal: Signal;
  readonly order: number;
}

/** A signal that was judged and waits for its instant. */
export interface Waiting extends Taken {
  /** Place in the log, counted from 0. */
  readonly order: number;
}

interface IntakeState {
  readonly arrived: readonly Arrived[];
  readonly waiting: readonly Waiting[];
}

/** Signals on their way to the rules: they arrive, are judged by the first tick that follows, and wait for their instant. */
export class Intake {
  duplicates = 0;
  quarantined = 0;
  readonly seen = new SeenIds();
  readonly #waiting = new Heap<Waiting>(
    (a, b) =>
      a.signal.occurredAt < b.signal.occurredAt ||
      (a.signal.occurredAt === b.signal.occurredAt && a.signal.id < b.signal.id),
  );
  #arrived: Arrived[] = [];

  /** Signals that no tick has taken. */
  get size(): number {
    return this.#arrived.length + this.#waiting.size;
  }

  arrive(signal: Signal, order: number): void {
    this.#arrived.push({ signal, order });
  }

  /** Judges what arrived since the tick `before`, in log order: duplicate, too far ahead, or waiting for its instant. */
  judge(at: number, before: number): void {
    const judgedBy = before === Number.NEGATIVE_INFINITY ? at : before;
    for (const { signal, order } of this.#arrived) {
      if (this.seen.has(signal.id, at)) this.duplicates++;
      else if (signal.occurredAt > at + 5 * minute) this.quarantined++;
      else {
        this.seen.add(signal.id, at);
        this.#waiting.push({ signal, arrivedAt: before, judgedBy, order });
      }
    }
    this.#arrived = [];
    this.seen.forget(at);
  }

  /** The signals that `at` reaches, by (occurredAt, id). */
  *take(at: number): Generator<Waiting> {
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      if (next.signal.occurredAt > at) return;
      this.#waiting.pop();
      yield next;
    }
  }

  export(): IntakeState {
    return { arrived: this.#arrived, waiting: this.#waiting.values() };
  }

  import({ arrived, waiting }: IntakeState, seen: Iterable<readonly [string, ReadPart]>): void {
    this.#arrived = [...arrived];
    for (const item of waiting) this.#waiting.push(item);
    this.seen.import(seen);
  }
}
