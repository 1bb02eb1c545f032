/** A tick at least this often. */
const everyMs = 1000;
/** From a signal to the tick that takes it. */
const afterSignalMs = 20;
/** Signals ahead of the clock that get a tick of their own; more wait for the tick of the second. */
const maxAhead = 1000;

/** What a schedule knows from the log. */
export interface TickScheduleState {
  /** null before the first tick. */
  readonly last: number | null;
  readonly lastOffset: number;
  readonly ahead: readonly number[];
}

/** When the next tick is due: one a second, and one 20 ms after max(arrival, occurredAt) of a signal no tick has taken. */
export class TickSchedule {
  #last = Number.NEGATIVE_INFINITY;
  #lastOffset = -1;
  #appendedAt = Number.NEGATIVE_INFINITY;
  #arrivedDueAt = Number.POSITIVE_INFINITY;
  #ahead: number[] = [];

  /** Largest tick so far, epoch ms; −∞ before the first. */
  get last(): number {
    return this.#last;
  }

  export(): TickScheduleState {
    const last = Number.isFinite(this.#last) ? this.#last : null;
    return { last, lastOffset: this.#lastOffset, ahead: this.#ahead };
  }

  /** Takes over what another one knew. Signals that no tick had taken get one with the first tick after a takeover. */
  import({ last, lastOffset, ahead }: TickScheduleState): void {
    this.#last = last ?? Number.NEGATIVE_INFINITY;
    this.#lastOffset = lastOffset;
    this.#ahead = [...ahead];
  }

  /** A signal was read at `now`. */
  signal(now: number, signal: { readonly offset: number; readonly occurredAt: number }): void {
    if (signal.offset < this.#lastOffset && signal.occurredAt <= this.#last) return;
    if (signal.occurredAt <= now) this.#arrivedDueAt = Math.min(this.#arrivedDueAt, now + afterSignalMs);
    else if (this.#ahead.length < maxAhead) this.#ahead.push(signal.occurredAt);
  }

  /** A tick stands in the log at `offset`. */
  tick(tick: { readonly offset: number; readonly at: number }): void {
    // one that moves no time takes no signals
    if (tick.offset <= this.#lastOffset || tick.at <= this.#last) return;
    this.#lastOffset = tick.offset;
    this.#last = tick.at;
    this.#ahead = this.#ahead.filter((occurredAt) => occurredAt > tick.at);
  }

  /** A tick is about to be appended: it will stand behind every signal read so far. */
  appending(now: number): void {
    this.#appendedAt = now;
    this.#arrivedDueAt = Number.POSITIVE_INFINITY;
  }

  /** A tick is due now, whatever the clock said before. */
  hasten(): void {
    this.#appendedAt = Number.NEGATIVE_INFINITY;
  }

  /** Ms from `now` until the next tick is due; 0 or less = now. */
  dueIn(now: number): number {
    // the clock went back: the last tick cannot have been in the future
    if (this.#appendedAt > now) return 0;
    let ahead = Number.POSITIVE_INFINITY;
    for (const occurredAt of this.#ahead) {
      // while time is held back, a tick after its instant has not taken it: then the next second's may
      if (occurredAt + afterSignalMs > this.#appendedAt) ahead = Math.min(ahead, occurredAt);
    }
    return Math.min(this.#appendedAt + everyMs, this.#arrivedDueAt, ahead + afterSignalMs) - now;
  }
}
