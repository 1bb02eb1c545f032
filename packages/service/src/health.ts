/** What a component says of itself; asked by /readyz, so each must be quick and must not throw. */
export interface Checks {
  /** Why it cannot serve now, or undefined. */
  ready?(): string | undefined;
  /** What it serves without, or undefined: something is away that it can do without for a while. */
  degraded?(): string | undefined;
}

/** Whether what is degraded counts as ready: `required` = yes, `strict` = no. */
export type Readiness = 'required' | 'strict';

/** Collects why a service is not ready, and what it does without, from all of its components. */
export class Health {
  readonly #checks = new Map<string, Checks>();
  readonly #readiness: Readiness;
  #draining = false;

  constructor(readiness: Readiness = 'required') {
    this.#readiness = readiness;
  }

  add(component: string, checks: Checks): void {
    this.#checks.set(component, checks);
  }

  remove(component: string): void {
    this.#checks.delete(component);
  }

  /** From now on not ready, so that load balancers turn away while requests under way are finished. */
  drain(): void {
    this.#draining = true;
  }

  /** Reasons by component; empty = ready. */
  reasons(): Readonly<Record<string, string>> {
    return {
      ...(this.#draining ? { service: 'is shutting down' } : {}),
      ...(this.#readiness === 'strict' ? this.degraded() : {}),
      ...this.#told((checks) => checks.ready?.()),
    };
  }

  /** What each component does without; empty = everything is there. */
  degraded(): Readonly<Record<string, string>> {
    return this.#told((checks) => checks.degraded?.());
  }

  #told(ask: (checks: Checks) => string | undefined): Record<string, string> {
    const told = [...this.#checks].map(([component, checks]) => [component, ask(checks)] as const);
    return Object.fromEntries(told.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }
}
