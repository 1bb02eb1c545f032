import type { Checks, Health } from './health.ts';
import type { Logger } from './logger.ts';

/** A component that runs: its value, and how it ends. */
export interface Started<T> extends Checks {
  readonly value: T;
  /** Finishes what is under way, then lets go of everything. */
  stop?(): Promise<void>;
  /** Rejects when the component cannot go on: the process stops the rest and exits with 1. */
  readonly failed?: Promise<never>;
}

/** A part of a service that is started once, e.g. an HTTP server or a consumer. */
export interface Component<T> {
  readonly name: string;
  start(): Promise<Started<T>>;
}

interface Running {
  readonly name: string;
  readonly stop?: () => Promise<void>;
}

/** Components in the order they were started; stopped in reverse order. */
export class Components {
  readonly #running: Running[] = [];
  readonly #health: Health;
  readonly #logger: Logger;
  #reportFailure: (error: Error) => void = () => undefined;

  /** Resolves with the first failure of any component; never, if none fails. */
  readonly failure: Promise<Error> = new Promise((resolve) => {
    this.#reportFailure = resolve;
  });

  constructor(health: Health, logger: Logger) {
    this.#health = health;
    this.#logger = logger;
  }

  /** Starts a component and keeps it for `stop`. Rejects as the component does, with its name in front. */
  async start<T>(component: Component<T>): Promise<T> {
    let started: Started<T>;
    try {
      started = await component.start();
    } catch (error) {
      throw new Error(`${component.name} did not start: ${(error as Error).message}`, { cause: error });
    }
    const { stop, failed, value } = started;
    this.#running.push({ name: component.name, ...(stop === undefined ? {} : { stop: () => stop.call(started) }) });
    this.#health.add(component.name, started);
    failed?.catch((error: unknown) =>
      this.#reportFailure(new Error(`${component.name} failed: ${(error as Error).message}`, { cause: error })),
    );
    this.#logger.debug({ component: component.name }, 'started');
    return value;
  }

  /** Stops everything in reverse order. One that cannot be stopped does not keep the others; returns what went wrong. */
  async stop(): Promise<readonly Error[]> {
    const errors: Error[] = [];
    for (let running = this.#running.pop(); running !== undefined; running = this.#running.pop()) {
      try {
        await running.stop?.();
        this.#logger.debug({ component: running.name }, 'stopped');
      } catch (error) {
        errors.push(new Error(`${running.name} did not stop: ${(error as Error).message}`, { cause: error }));
      }
      this.#health.remove(running.name);
    }
    return errors;
  }
}
