import { QueryError } from './query-error.ts';

interface Waiter {
  readonly enter: (leave: () => void) => void;
  readonly refuse: (error: QueryError) => void;
}

/** Lets so many statements run at once; the others wait in the order in which they came, within bounds. */
export class Lane {
  readonly #width: number;
  readonly #limits: { readonly waiting: number; readonly waitMs: number };
  readonly #waiting = new Set<Waiter>();
  #running = 0;

  constructor(width: number, limits: { readonly waiting: number; readonly waitMs: number }) {
    this.#width = width;
    this.#limits = limits;
  }

  /**
   * Resolves with what ends the stay, which has to be called once. Rejects with TOO_MANY_SIMULTANEOUS_QUERIES when too
   * many wait already or the wait was too long, and when `signal` is aborted meanwhile.
   */
  enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#running < this.#width) {
      this.#running++;
      return Promise.resolve(this.#leave());
    }
    const { waiting, waitMs } = this.#limits;
    if (this.#waiting.size >= waiting) {
      return Promise.reject(
        new QueryError('TOO_MANY_SIMULTANEOUS_QUERIES', `${waiting} statements wait already: try again in a moment`),
      );
    }
    return new Promise((resolve, reject) => {
      const over = (error: unknown): void => {
        this.#waiting.delete(waiter);
        done();
        reject(error);
      };
      const timer = setTimeout(
        () =>
          over(
            new QueryError(
              'TOO_MANY_SIMULTANEOUS_QUERIES',
              `The statement has waited ${waitMs / 1000} s for its turn: try again later`,
            ),
          ),
        waitMs,
      );
      const onAbort = (): void => over(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        enter: (leave) => {
          done();
          resolve(leave);
        },
        refuse: over,
      };
      this.#waiting.add(waiter);
    });
  }

  /** Refuses all that wait. */
  clear(error: QueryError): void {
    for (const waiter of [...this.#waiting]) waiter.refuse(error);
  }

  #leave(): () => void {
    return () => {
      const [next] = this.#waiting;
      if (next === undefined) {
        this.#running--;
        return;
      }
      this.#waiting.delete(next);
      next.enter(this.#leave());
    };
  }
}
