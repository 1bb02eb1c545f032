/**
 * Memory that all streams of a process share. Who holds nothing is let in although it is used up, so that no stream can
 * keep another from going on.
 */
export class Budget {
  readonly #limit: number;
  readonly #held = new Map<object, number>();
  #used = 0;
  #room = Promise.withResolvers<void>();

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Notes what a holder holds now, in bytes. */
  set(holder: object, bytes: number): void {
    const before = this.#held.get(holder) ?? 0;
    this.#used += bytes - before;
    if (bytes === 0) this.#held.delete(holder);
    else this.#held.set(holder, bytes);
    if (bytes < before) this.wake();
  }

  /** Has those who wait for room look again. */
  wake(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }

  /** Resolves when the holder may take more: it holds less than `own`, and all of them less than the limit. */
  async room(holder: object, own: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const held = this.#held.get(holder) ?? 0;
      if (held === 0 || (held < own && this.#used < this.#limit)) return;
      await this.#room.promise;
    }
  }
}
