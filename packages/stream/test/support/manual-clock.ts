import { realScheduler, type Scheduler } from '@resonant/kafka';
import { type Clock, systemClock } from '../../src/index.ts';

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #now: number;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  turn(): Promise<void> {
    return systemClock.turn();
  }

  /** Sets the time, forwards or backwards; what is due by then happens. */
  set(now: number): void {
    this.#now = now;
    const due = this.#timers.filter((timer) => timer.at <= now).sort((a, b) => a.at - b.at);
    this.#timers = this.#timers.filter((timer) => timer.at > now);
    for (const timer of due) timer.callback();
  }
}

/** A broker on this clock, whose turns are those of the event loop. */
export const schedulerOn = (clock: Clock): Scheduler => ({
  ...realScheduler,
  now: () => clock.now(),
  after: (ms, callback) => clock.after(ms, callback),
});

/** A host whose clock is off by `skewMs` from the broker's. */
export const skewed = (clock: Clock, skewMs: number): Clock => ({
  now: () => clock.now() + skewMs,
  after: (ms, callback) => clock.after(ms, callback),
  turn: () => clock.turn(),
});
