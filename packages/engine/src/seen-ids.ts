const hour = 3_600_000;
const kept = 96 * hour;
/** Ids in a part of the state: what a snapshot writes again when one id comes. */
const shard = 2048;

interface Hour {
  readonly slot: number;
  /** In the order of arrival. */
  readonly ids: string[];
  readonly at: number[];
  /** The first shard that changed since the last call of `changed`. */
  fresh: number;
}

/** One part: ids with the ticks that judged them. */
export type SeenPart = readonly (readonly [string, number])[];

/** Signal ids seen in the last four days of log time, by the hour of the tick that judged them. */
export class SeenIds {
  readonly #judged = new Map<string, number>();
  readonly #hours = new Map<number, Hour>();
  #gone: string[] = [];

  /** True if the id is remembered at `at`. */
  has(id: string, at: number): boolean {
    const before = this.#judged.get(id);
    return before !== undefined && at <= before + kept;
  }

  add(id: string, at: number): void {
    this.#judged.set(id, at);
    const slot = Math.floor(at / hour);
    let here = this.#hours.get(slot);
    if (here === undefined) {
      here = { slot, ids: [], at: [], fresh: 0 };
      this.#hours.set(slot, here);
    }
    here.fresh = Math.min(here.fresh, Math.floor(here.ids.length / shard));
    here.ids.push(id);
    here.at.push(at);
  }

  /** Forgets what no later tick can meet again. */
  forget(at: number): void {
    for (const [slot, here] of this.#hours) {
      if ((slot + 1) * hour + kept > at) break;
      for (const id of here.ids) if ((this.#judged.get(id) as number) < (slot + 1) * hour) this.#judged.delete(id);
      this.#hours.delete(slot);
      for (let n = 0; n * shard < here.ids.length; n++) this.#gone.push(`${slot}/${n}`);
    }
  }

  /** Every part, by hour of arrival and shard. */
  *parts(): Generator<readonly [string, SeenPart]> {
    for (const here of this.#hours.values()) yield* partsOf(here, 0);
  }

  /** Parts that changed since the last call; null = gone. */
  *changed(): Generator<readonly [string, SeenPart | null]> {
    for (const name of this.#gone) yield [name, null];
    this.#gone = [];
    for (const here of this.#hours.values()) {
      yield* partsOf(here, here.fresh);
      here.fresh = Math.ceil(here.ids.length / shard);
    }
  }

  /** Takes over what another one had. */
  import(parts: Iterable<readonly [string, SeenPart]>): void {
    const inOrder = [...parts].map(([name, part]) => ({ place: name.split('/').map(Number), part }));
    inOrder.sort((a, b) => (a.place[0] ?? 0) - (b.place[0] ?? 0) || (a.place[1] ?? 0) - (b.place[1] ?? 0));
    for (const { part } of inOrder) for (const [id, at] of part) this.add(id, at);
    for (const here of this.#hours.values()) here.fresh = Math.ceil(here.ids.length / shard);
  }
}

function* partsOf({ slot, ids, at }: Hour, first: number): Generator<readonly [string, SeenPart]> {
  for (let n = first; n * shard < ids.length; n++) {
    const end = Math.min((n + 1) * shard, ids.length);
    yield [`${slot}/${n}`, ids.slice(n * shard, end).map((id, i) => [id, at[n * shard + i] as number] as const)];
  }
}
