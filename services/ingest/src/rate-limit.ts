import { ResonantError } from '@resonant/contracts';

interface Bucket {
  tokens: number;
  at: number;
}

/** Events per second and caller, with bursts of two seconds' worth. Kept in memory, so each replica has its own. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * Takes `events` from what `caller` may send now (epoch ms). Throws `rate-limited` with the time until they fit; a
   * request that is larger than a whole burst passes on a full bucket and is paid off afterwards.
   */
  take(caller: string, events: number, now: number): void {
    const burst = this.#perSecond * 2;
    const bucket = this.#buckets.get(caller) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * this.#perSecond);
    bucket.at = now;
    this.#buckets.set(caller, bucket);
    const needed = Math.min(events, burst);
    if (bucket.tokens < needed) {
      const retryAfterMs = ((needed - bucket.tokens) / this.#perSecond) * 1000;
      throw new ResonantError('rate-limited', `at most ${this.#perSecond} events a second for each key`, {
        extra: { retryAfterMs: Math.ceil(retryAfterMs) },
      });
    }
    bucket.tokens -= events;
  }
}
