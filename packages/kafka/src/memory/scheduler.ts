/** Time and turns of the in-memory log: the real ones, or a simulation's. */
export interface Scheduler {
  /** Epoch ms. */
  now(): number;
  /**
   * Where a real client would wait for the network; `point` names it (e.g. `produce.request`). May take any time, and
   * may reject: before the broker acted (`….request`) or after (`….response`, an acknowledgement lost).
   */
  step(point: string): Promise<void>;
  /** Calls back after `ms`; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
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
