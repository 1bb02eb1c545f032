import { type SeenShard, shardSize } from './seen-shard.ts';

/** The index grows where more of it is taken than this. */
const fullest = 0.8;
const growth = 1.25;

/**
 * Where hashes stand: an open-addressed table of four bytes an entry, with linear probing. An entry is the number of a
 * shard · shardSize + the place in it + 1; 0 = empty.
 */
export class SeenIndex {
  readonly #shards: readonly SeenShard[];
  #table = new Uint32Array(16);
  #size = 0;

  constructor(shards: readonly SeenShard[]) {
    this.#shards = shards;
  }

  /** The entry of a hash; 0 = none. */
  get(hash: Uint16Array): number {
    return this.#table[this.#find(hash)] as number;
  }

  /** Sets the entry of a hash, in the place of one that it has. */
  set(hash: Uint16Array, entry: number): void {
    if (this.#size + 1 > fullest * this.#table.length) this.#grow();
    const place = this.#find(hash);
    if (this.#table[place] === 0) this.#size++;
    this.#table[place] = entry;
  }

  /** Removes the entry of a hash if it is this one. */
  remove(hash: Uint16Array, entry: number): void {
    const table = this.#table;
    let hole = this.#find(hash);
    if (table[hole] !== entry) return;
    this.#size--;
    for (let place = this.#after(hole); table[place] !== 0; place = this.#after(place)) {
      const other = table[place] as number;
      // It may move up to where it would have been put first, no further.
      if (this.#between(this.#homeOf(other), place) < this.#between(hole, place)) continue;
      table[hole] = other;
      hole = place;
    }
    table[hole] = 0;
  }

  #find(hash: Uint16Array): number {
    const table = this.#table;
    let place = this.#home((((hash[1] as number) << 16) | (hash[0] as number)) >>> 0);
    for (let entry = table[place] as number; entry !== 0; entry = table[place] as number) {
      if (this.#shardOf(entry).holds((entry - 1) % shardSize, hash)) break;
      place = this.#after(place);
    }
    return place;
  }

  #grow(): void {
    const before = this.#table;
    this.#table = new Uint32Array(Math.ceil(before.length * growth));
    for (const entry of before) {
      if (entry === 0) continue;
      let place = this.#homeOf(entry);
      while (this.#table[place] !== 0) place = this.#after(place);
      this.#table[place] = entry;
    }
  }

  #shardOf(entry: number): SeenShard {
    return this.#shards[Math.floor((entry - 1) / shardSize)] as SeenShard;
  }

  #homeOf(entry: number): number {
    return this.#home(this.#shardOf(entry).head((entry - 1) % shardSize));
  }

  #home(head: number): number {
    return Math.floor((head / 0x100000000) * this.#table.length);
  }

  #after(place: number): number {
    return place + 1 === this.#table.length ? 0 : place + 1;
  }

  /** Steps from one place to another, around the end. */
  #between(from: number, to: number): number {
    return to >= from ? to - from : to - from + this.#table.length;
  }
}
