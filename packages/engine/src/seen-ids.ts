import { hashText, hashWords } from './id-hash.ts';
import { SeenIndex } from './seen-index.ts';
import { hashesOf, type SeenPart, SeenShard, shardSize } from './seen-shard.ts';

const hour = 3_600_000;
const kept = 96 * hour;
/** Indexes that hashes are spread over: each grows on its own, so no tick has to wait for the whole. */
const indexes = 256;

/** A part that was written before: its name, what it holds, and whether the next release reads it as it stands. */
export type ReadPart = readonly [
  name: string,
  read: () => { readonly part: SeenPart; readonly isOfThisVersion: boolean },
];

interface Hour {
  readonly slot: number;
  /** Numbers of its shards, in order. */
  readonly shards: number[];
  /** Place of the first of them: those before are forgotten. */
  first: number;
  /** Place of the first that changed and was not given since. */
  fresh: number;
}

/**
 * Signal ids seen in the last four days of log time, by the hour of the tick that judged them. An id is remembered as
 * 80 bits of a hash, ten bytes, and an entry of an index.
 */
export class SeenIds {
  readonly #hours = new Map<number, Hour>();
  /** By number; numbers of shards that are forgotten are used again. */
  readonly #shards: SeenShard[] = [];
  readonly #unused: number[] = [];
  readonly #indexes: SeenIndex[] = [];
  /** Shards begun since the last call of `forget`. */
  #begun = 0;
  readonly #gone = new Set<string>();
  readonly #hash = new Uint16Array(hashWords);

  /** True if the id is remembered at `at`. */
  has(id: string, at: number): boolean {
    hashText(id, this.#hash);
    return this.#knows(at);
  }

  /** Remembers an id from the tick `at` on; false if it is remembered already. */
  add(id: string, at: number): boolean {
    hashText(id, this.#hash);
    if (this.#knows(at)) return false;
    this.#add(at);
    return true;
  }

  /** Forgets what no later tick can meet again, a few shards at a time: two, and as many as have begun since. */
  forget(at: number): void {
    let left = this.#begun + 2;
    this.#begun = 0;
    for (const [slot, here] of this.#hours) {
      if ((slot + 1) * hour + kept > at) break;
      for (; here.shards.length > 0; here.first++, left--) {
        if (left === 0) return;
        this.#drop(here.shards.shift() as number);
        this.#gone.add(`${slot}/${here.first}`);
      }
      this.#hours.delete(slot);
    }
  }

  /** Every part, by hour of arrival and shard. */
  *parts(): Generator<readonly [string, SeenPart]> {
    for (const here of this.#hours.values()) {
      for (let n = here.first; n < endOf(here); n++) yield [`${here.slot}/${n}`, this.#shardAt(here, n).export()];
    }
  }

  /** Parts that changed and were not given since; null = gone. */
  *changed(): Generator<readonly [string, SeenPart | null]> {
    for (const name of this.#gone) {
      this.#gone.delete(name);
      yield [name, null];
    }
    for (const here of this.#hours.values()) {
      for (let n = freshOf(here); n < endOf(here); n = freshOf(here)) {
        here.fresh = n + 1;
        yield [`${here.slot}/${n}`, this.#shardAt(here, n).export()];
      }
    }
  }

  /** Parts that `changed` would give. */
  get changedCount(): number {
    let count = this.#gone.size;
    for (const here of this.#hours.values()) count += endOf(here) - freshOf(here);
    return count;
  }

  /**
   * Takes over what another one had, in steps of one part; `changed` then gives the hours of which something stands in the
   * format before.
   */
  *importing(parts: readonly ReadPart[]): Generator<void, void> {
    const inOrder = parts.map(([name, read]) => ({ place: name.split('/').map(Number), read }));
    inOrder.sort((a, b) => (a.place[0] ?? 0) - (b.place[0] ?? 0) || (a.place[1] ?? 0) - (b.place[1] ?? 0));
    /** Hours with parts of the format before: they are written anew. */
    const former = new Set<number>();
    for (const { place, read } of inOrder) {
      const { part, isOfThisVersion } = read();
      if (!isOfThisVersion) former.add(place[0] ?? 0);
      this.#hour(place[0] ?? 0, place[1] ?? 0);
      for (const at of hashesOf(part, this.#hash)) this.#add(at);
      yield;
    }
    for (const here of this.#hours.values())
      here.fresh = former.has(here.slot) ? here.first : here.first + here.shards.length;
    this.#begun = 0;
  }

  #knows(at: number): boolean {
    const entry = this.#index().get(this.#hash);
    if (entry === 0) return false;
    const shard = this.#shards[Math.floor((entry - 1) / shardSize)] as SeenShard;
    return at <= shard.tickOf((entry - 1) % shardSize) + kept;
  }

  #add(at: number): void {
    const here = this.#hour(Math.floor(at / hour), 0);
    let number = here.shards.at(-1);
    if (number === undefined || (this.#shards[number] as SeenShard).count === shardSize) {
      number = this.#unused.pop() ?? this.#shards.length;
      this.#shards[number] = new SeenShard();
      here.shards.push(number);
      this.#begun++;
    }
    const shard = this.#shards[number] as SeenShard;
    here.fresh = Math.min(here.fresh, here.first + here.shards.length - 1);
    this.#index().set(this.#hash, number * shardSize + shard.count + 1);
    shard.add(this.#hash, at);
  }

  #hour(slot: number, first: number): Hour {
    let here = this.#hours.get(slot);
    if (here === undefined) {
      here = { slot, shards: [], first, fresh: first };
      this.#hours.set(slot, here);
    }
    return here;
  }

  /** The index that holds `#hash`. */
  #index(): SeenIndex {
    const number = (this.#hash[hashWords - 1] as number) % indexes;
    let index = this.#indexes[number];
    if (index === undefined) {
      index = new SeenIndex(this.#shards);
      this.#indexes[number] = index;
    }
    return index;
  }

  #drop(number: number): void {
    const shard = this.#shards[number] as SeenShard;
    for (let i = 0; i < shard.count; i++) {
      shard.copy(i, this.#hash);
      this.#index().remove(this.#hash, number * shardSize + i + 1);
    }
    this.#shards[number] = emptyShard;
    this.#unused.push(number);
  }

  #shardAt({ shards, first }: Hour, place: number): SeenShard {
    return this.#shards[shards[place - first] as number] as SeenShard;
  }
}

const endOf = ({ first, shards }: Hour): number => first + shards.length;
const freshOf = ({ first, fresh }: Hour): number => Math.max(first, fresh);

const emptyShard = new SeenShard();
