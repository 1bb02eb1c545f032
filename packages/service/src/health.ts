/** Collects why a service is not ready, from all of its components. */
export class Health {
  readonly #checks = new Map<string, () => string | undefined>();
  #draining = false;

  /** @param ready a reason why the component cannot serve now, or undefined */
  add(component: string, ready: () => string | undefined): void {
    this.#checks.set(component, ready);
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
    const reasons: Record<string, string> = this.#draining ? { service: 'is shutting down' } : {};
    for (const [component, ready] of this.#checks) {
      const reason = ready();
      if (reason !== undefined) reasons[component] = reason;
    }
    return reasons;
  }
}
