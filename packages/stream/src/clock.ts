import { setImmediate as nextTurn } from 'node:timers/promises';

/** Time and turns as the runtime sees them; tests and simulations hand in their own. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Calls back once after `ms`; the result cancels that. */
  after(ms: number, callback: () => void): () => void;
  /** Resolves once what else is ready in the process has had its turn. */
  turn(): Promise<void>;
}

/** The host's wall clock and event loop. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    // connections keep a process alive; a timer that outlives them must not
    timer.unref();
    return () => clearTimeout(timer);
  },
  turn: () => nextTurn(),
};

/** Resolves after `ms`, or at once when `signal` is aborted. */
export const pause = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });

/** Settles as `work` does, or rejects with `late()` after `ms`. */
export const within = <T>(clock: Clock, ms: number, work: Promise<T>, late: () => Error): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(late()));
    work.then(resolve, reject).finally(cancel);
  });

/** Wait before try `attempt` (from 1): 100 ms doubled each time, at most 5 s. */
export const backOff = (attempt: number): number => Math.min(5000, 100 * 2 ** Math.min(attempt - 1, 10));
