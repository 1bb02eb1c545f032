import { hashWords } from './id-hash.ts';

/**
 * Ids in a shard: what a snapshot writes again when one id comes. It is part of the format of the state (`stateVersion`):
 * an import puts ids into shards of this size and takes the names of the stored parts for theirs, so under another size
 * later snapshots would write shards over parts that hold other ids. Another size needs another version, of which an
 * import writes everything anew.
 */
export const shardSize = 2048;

/** One part of the state: hashes in base64, and the ticks that judged them, each with the place of its first id. */
export interface SeenPart {
  readonly ids: string;
  readonly ticks: readonly (readonly [at: number, from: number])[];
}

/** Hashes of ids that ticks of one hour judged, in the order of arrival. */
export class SeenShard {
  count = 0;
  #hashes = new Uint16Array(64 * hashWords);
  #ticks: number[] = [];
  #from: number[] = [];

  add(hash: Uint16Array, at: number): void {
    if (this.count * hashWords === this.#hashes.length) {
      const more = new Uint16Array(Math.min(2 * this.count, shardSize) * hashWords);
      more.set(this.#hashes);
      this.#hashes = more;
    }
    this.#hashes.set(hash, this.count * hashWords);
    if (this.#ticks.at(-1) !== at) {
      this.#ticks.push(at);
      this.#from.push(this.count);
    }
    this.count++;
  }

  holds(i: number, hash: Uint16Array): boolean {
    const hashes = this.#hashes;
    const at = i * hashWords;
    for (let word = 0; word < hashWords; word++) if (hashes[at + word] !== hash[word]) return false;
    return true;
  }

  copy(i: number, into: Uint16Array): void {
    for (let word = 0; word < hashWords; word++) into[word] = this.#hashes[i * hashWords + word] as number;
  }

  /** The first 32 bits of a hash. */
  head(i: number): number {
    const at = i * hashWords;
    return (((this.#hashes[at + 1] as number) << 16) | (this.#hashes[at] as number)) >>> 0;
  }

  /** The tick that judged an id. */
  tickOf(i: number): number {
    let low = 0;
    let high = this.#from.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#from[middle] as number) <= i) low = middle;
      else high = middle;
    }
    return this.#ticks[low] as number;
  }

  export(): SeenPart {
    const { buffer } = this.#hashes;
    return {
      ids: Buffer.from(buffer, 0, this.count * hashWords * 2).toString('base64'),
      ticks: this.#ticks.map((at, i) => [at, this.#from[i] as number] as const),
    };
  }
}

/** The hashes of a part with their ticks; `hash` is filled anew for each. */
export function* hashesOf({ ids, ticks }: SeenPart, hash: Uint16Array): Generator<number> {
  const bytes = Buffer.from(ids, 'base64');
  const count = bytes.length / (hashWords * 2);
  let run = 0;
  for (let i = 0; i < count; i++) {
    while ((ticks[run + 1]?.[1] ?? count) <= i) run++;
    for (let word = 0; word < hashWords; word++) hash[word] = bytes.readUInt16LE((i * hashWords + word) * 2);
    yield ticks[run]?.[0] as number;
  }
}
