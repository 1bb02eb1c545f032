import type { Alert } from '@resonant/contracts';
import type { Positions } from './cursor.ts';

/** One stored transition, ready to be sent. */
export interface FeedEntry {
  readonly partition: number;
  readonly offset: number;
  readonly alert: Alert;
  /** The alert as frames show it. */
  readonly json: string;
  /** When this process read it, epoch ms. */
  readonly arrivedAt: number;
}

const overhead = 1024;

/**
 * The newest stored transitions of all partitions, in the order they were read, and up to which offset each partition
 * has been read. What it holds of a partition is without holes: all records from `first` to `next`.
 */
export class HotRing {
  readonly #maxBytes: number;
  readonly #first: number[];
  readonly #next: number[];
  #entries: FeedEntry[] = [];
  #head = 0;
  #headSequence = 0;
  #bytes = 0;

  /**
   * @param starts offset of each partition from which on it is read
   * @param maxBytes what the entries may take, about
   */
  constructor(starts: Positions, maxBytes: number) {
    this.#first = [...starts];
    this.#next = [...starts];
    this.#maxBytes = maxBytes;
  }

  /** Next offset to be read of each partition. */
  get next(): Positions {
    return this.#next;
  }

  get partitions(): number {
    return this.#next.length;
  }

  /** Sequence number of the oldest entry held; entries are numbered in the order they came. */
  get firstSequence(): number {
    return this.#headSequence;
  }

  /** Sequence number that the next entry will get. */
  get nextSequence(): number {
    return this.#headSequence + this.#entries.length - this.#head;
  }

  /** Adds the entries of one read; `nextOffset` is behind the last of them, control records included. */
  append(partition: number, entries: readonly FeedEntry[], nextOffset: number): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#bytes += entry.json.length + overhead;
    }
    this.#next[partition] = Math.max(this.#next[partition] ?? 0, nextOffset);
    while (this.#bytes > this.#maxBytes && this.#head < this.#entries.length) this.#evict();
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** The entry of a sequence number; undefined if it has not come, or has gone. */
  at(sequence: number): FeedEntry | undefined {
    return sequence < this.#headSequence ? undefined : this.#entries[this.#head + sequence - this.#headSequence];
  }

  /** True if everything from these positions on is held, so that reading can go on from here without a hole. */
  covers(positions: Positions): boolean {
    return this.#first.every((first, partition) => (positions[partition] ?? 0) >= first);
  }

  #evict(): void {
    const entry = this.#entries[this.#head] as FeedEntry;
    this.#head += 1;
    this.#headSequence += 1;
    this.#bytes -= entry.json.length + overhead;
    this.#first[entry.partition] = entry.offset + 1;
  }
}
