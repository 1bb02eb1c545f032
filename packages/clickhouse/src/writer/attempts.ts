import { isResonantError } from '@resonant/contracts';
import { backOffMs, pause } from './clock.ts';
import type { StreamName } from './range.ts';
import type { StreamContext, StreamState } from './stream-context.ts';

/** Nothing may go on until someone has acted. */
export class Stopped extends Error {}

/** What is in hand is dropped and read again: it has waited too long, or the ledger is not where this writer is. */
export class Discarded extends Error {}

/** The partition is not ours any more. */
export class Lost extends Error {}

/** What one stream tries again, for as long as it is ours, and what it says of itself meanwhile. */
export class Attempts {
  readonly #context: Pick<StreamContext, 'clock' | 'observer'>;
  readonly #stream: StreamName;
  readonly #signal: AbortSignal;
  #state: StreamState = 'assigning';
  #reason: string | null = null;

  /** @param signal aborted when the partition is lost */
  constructor(context: Pick<StreamContext, 'clock' | 'observer'>, stream: StreamName, signal: AbortSignal) {
    this.#context = context;
    this.#stream = stream;
    this.#signal = signal;
  }

  get state(): StreamState {
    return this.#state;
  }

  get reason(): string | null {
    return this.#reason;
  }

  say(state: StreamState, reason: string | null = null): void {
    const isNew = state === 'stopped' && this.#reason !== reason;
    this.#state = state;
    this.#reason = reason;
    if (isNew) this.#context.observer.stopped?.(this.#stream, reason as string);
  }

  retrying(attempt: number, error: Error): void {
    this.say('retrying', error.message);
    this.#context.observer.retrying?.(this.#stream, attempt, error);
  }

  /** The same again until it succeeds; what repeating cannot help is thrown, and `Lost` when it is too late. */
  async untilDone<T>(work: () => Promise<T>): Promise<T> {
    const before = { state: this.#state, reason: this.#reason };
    for (let attempt = 1; ; attempt++) {
      this.check();
      try {
        const done = await work();
        if (attempt > 1) this.say(before.state, before.reason);
        return done;
      } catch (error) {
        if (!isResonantError(error) || !error.kind.retryable || error.code === 'fenced') throw error;
        this.retrying(attempt, error);
        await this.backOff(attempt);
      }
    }
  }

  backOff(attempt: number): Promise<void> {
    return this.pause(backOffMs(attempt, this.#context.clock.random()));
  }

  async pause(ms: number): Promise<void> {
    await pause(this.#context.clock, ms, this.#signal);
    this.check();
  }

  check(): void {
    if (this.#signal.aborted) throw new Lost();
  }
}
