const hour = 3_600_000;
const kept = 96 * hour;

/** Signal ids seen in the last four days of log time, by the hour of the tick that judged them. */
export class SeenIds {
  readonly #judged = new Map<string, number>();
  readonly #hours = new Map<number, string[]>();

  /** True if the id is remembered at `at`. */
  has(id: string, at: number): boolean {
    const before = this.#judged.get(id);
    return before !== undefined && at <= before + kept;
  }

  add(id: string, at: number): void {
    this.#judged.set(id, at);
    const slot = Math.floor(at / hour);
    const ids = this.#hours.get(slot);
    if (ids === undefined) this.#hours.set(slot, [id]);
    else ids.push(id);
  }

  /** Forgets what no later tick can meet again. */
  forget(at: number): void {
    for (const [slot, ids] of this.#hours) {
      if ((slot + 1) * hour + kept > at) break;
      for (const id of ids) if ((this.#judged.get(id) as number) < (slot + 1) * hour) this.#judged.delete(id);
      this.#hours.delete(slot);
    }
  }

  /** Ids with the ticks that judged them. */
  entries(): Iterable<readonly [string, number]> {
    return this.#judged.entries();
  }
}
