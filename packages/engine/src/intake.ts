import type { Signal } from '@resonant/contracts';
import { Heap } from './heap.ts';
import { compareText } from './ids.ts';
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

const byTime = ({ signal: a }: Waiting, { signal: b }: Waiting): number =>
  a.occurredAt - b.occurredAt || compareText(a.id, b.id);

/** Signals on their way to the rules: they arrive, are judged by the first tick that follows, and wait for their instant. */
export class Intake {
  duplicates = 0;
  quarantined = 0;
  readonly seen = new SeenIds();
  readonly #waiting = new Heap<Waiting>((a, b) => byTime(a, b) < 0);
  /** Judged by this tick, and reached by it. */
  #ready: Waiting[] = [];
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
      if (signal.occurredAt > at + 5 * minute) {
        if (this.seen.has(signal.id, at)) this.duplicates++;
        else this.quarantined++;
      } else if (this.seen.add(signal.id, at)) {
        const waiting = { signal, arrivedAt: before, judgedBy, order };
        if (signal.occurredAt <= at) this.#ready.push(waiting);
        else this.#waiting.push(waiting);
      } else this.duplicates++;
    }
    this.#arrived = [];
    this.seen.forget(at);
  }

  /** The signals that `at`, the tick that judged last, reaches: by (occurredAt, id). */
  take(at: number): readonly Waiting[] {
    const taken = this.#ready;
    this.#ready = [];
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      if (next.signal.occurredAt > at) break;
      this.#waiting.pop();
      taken.push(next);
    }
    return taken.sort(byTime);
  }

  export(): IntakeState {
    return { arrived: this.#arrived, waiting: this.#waiting.values() };
  }

  import({ arrived, waiting }: IntakeState, seen: Iterable<ReadPart>): void {
    this.#arrived = [...arrived];
    for (const item of waiting) this.#waiting.push(item);
    this.seen.import(seen);
  }
}
