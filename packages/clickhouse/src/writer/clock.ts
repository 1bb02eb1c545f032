/** Time and chance as the writer sees them; tests hand in their own. */
export interface WriterClock {
  /** Epoch ms. */
  now(): number;
  /** Calls back once after `ms`; the result cancels that. */
  after(ms: number, callback: () => void): () => void;
  /** At least 0, less than 1. */
  random(): number;
}

/** The host's. */
export const hostClock: WriterClock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/** Resolves after `ms`, or at once when `signal` is aborted. */
export const pause = (clock: WriterClock, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done);
  });

const firstWaitMs = 100;
const longestWaitMs = 10_000;

/**
 * Wait before try `attempt` (from 1), in ms: 100 ms doubled each time, at most 10 s, of which the upper half is left to
 * chance, so that many partitions do not all come back at once.
 */
export function backOffMs(attempt: number, random: number): number {
  const most = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempt - 1, 20));
  return most / 2 + (random * most) / 2;
}
