import type { Signal } from '@resonant/contracts';

/** A signal that no tick has judged, with its place in the log. */
export interface Arrived {
  readonly signal: Signal;
  readonly order: number;
}

/** Signals in a part. Only the last part of those that stand is written again when another signal comes. */
const perPart = 256;

/** Signals since the last tick, in log order: some thousand as a rule, millions where ticks were not appended for hours. */
export class Arrivals {
  #items: Arrived[] = [];
  /** How many of them stand in parts that were given. */
  #given = 0;
  /** Parts that were given and are not gone. */
  #standing = 0;

  get size(): number {
    return this.#items.length;
  }

  push(arrived: Arrived): void {
    this.#items.push(arrived);
  }

  /** All of them; none is left. */
  take(): readonly Arrived[] {
    const items = this.#items;
    this.#items = [];
    this.#given = 0;
    return items;
  }

  /** Every part, by its place. */
  *parts(): Generator<readonly [string, readonly Arrived[]]> {
    for (let part = 0; part < this.#count; part++) yield [String(part), this.#part(part)];
  }

  /** Parts that changed and were not given since; null = gone. */
  *changed(): Generator<readonly [string, readonly Arrived[] | null]> {
    while (this.#given < this.#items.length) {
      const part = Math.floor(this.#given / perPart);
      this.#given = Math.min(this.#items.length, (part + 1) * perPart);
      this.#standing = Math.max(this.#standing, part + 1);
      yield [String(part), this.#part(part)];
    }
    while (this.#standing > this.#count) yield [String(--this.#standing), null];
  }

  /** Parts that `changed` would give. */
  get changedCount(): number {
    const fresh = this.#given < this.#items.length ? this.#count - Math.floor(this.#given / perPart) : 0;
    return fresh + Math.max(0, this.#standing - this.#count);
  }

  /** Takes over the next part as it stands. */
  adopt(part: readonly Arrived[]): void {
    for (const arrived of part) this.#items.push(arrived);
    this.#given = this.#items.length;
    this.#standing = this.#count;
  }

  get #count(): number {
    return Math.ceil(this.#items.length / perPart);
  }

  #part(part: number): readonly Arrived[] {
    return this.#items.slice(part * perPart, (part + 1) * perPart);
  }
}
