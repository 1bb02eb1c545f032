/** Intervals in ms. */
export interface HeartbeatLimits {
  readonly pingIntervalMs: number;
  readonly pongWithinMs: number;
}

/** One ping at a time: when the next is due, and whether the answer to the last is missing. Times are passed in, in ms. */
export class Heartbeat {
  readonly #limits: HeartbeatLimits;
  #sentAt: number;
  #waits = false;

  constructor(limits: HeartbeatLimits, now: number) {
    this.#limits = limits;
    this.#sentAt = now;
  }

  isDue(now: number): boolean {
    return !this.#waits && now - this.#sentAt >= this.#limits.pingIntervalMs;
  }

  sent(now: number): void {
    this.#sentAt = now;
    this.#waits = true;
  }

  answered(): void {
    this.#waits = false;
  }

  isMissing(now: number): boolean {
    return this.#waits && now - this.#sentAt > this.#limits.pongWithinMs;
  }
}
