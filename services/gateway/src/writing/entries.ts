import type { Decoded } from '@resonant/contracts';

/** The newest value per key of a compacted topic; what comes late or twice changes nothing. */
export class Entries<V> {
  readonly #entries = new Map<string, { readonly value: V | undefined; readonly offset: number }>();

  /** @param value undefined = removed */
  set(key: string, value: V | undefined, offset: number): void {
    if ((this.#entries.get(key)?.offset ?? -1) <= offset) this.#entries.set(key, { value, offset });
  }

  get(key: string): { readonly value: V; readonly offset: number } | undefined {
    const entry = this.#entries.get(key);
    return entry?.value === undefined ? undefined : { value: entry.value, offset: entry.offset };
  }

  /** All that are not removed, by key. */
  all(): readonly { readonly key: string; readonly value: V; readonly offset: number }[] {
    return [...this.#entries]
      .flatMap(([key, { value, offset }]) => (value === undefined ? [] : [{ key, value, offset }]))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

/** Values of the reference topics. */
export type ReferenceValue = Decoded['value'];
