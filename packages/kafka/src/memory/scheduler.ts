/** Time and turns of the in-memory log: the real ones, or a simulation's (`SimulatedProcess`). */
export interface Scheduler {
  /** Epoch ms. */
  now(): number;
  /**
   * Where a real client would wait for the network; `point` names it (e.g. `produce.request`), `of` whom it concerns (a
   * transactional id). May take any time, and may reject: before the broker acted (`….request`) or after
   * (`….response`, an acknowledgement lost).
   */
  step(point: string, of?: string): Promise<void>;
  /** Calls back after `ms`; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** Whether what a group member was just handed is delivered to it once more; default: never. */
  redelivers?(): boolean;
}

/** The host's clock and event loop. */
export const realScheduler: Scheduler = {
  now: () => Date.now(),
  step: () => new Promise((resolve) => setImmediate(resolve)),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
