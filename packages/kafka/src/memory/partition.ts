import type { LogRecord, NewRecord, TopicPartition } from '../port.ts';

/** One transaction of one producer; its records are readable to `read_committed` once it is committed. */
export interface MemoryTransaction {
  state: 'open' | 'committed' | 'aborted';
}

interface Entry {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
  readonly transaction: MemoryTransaction | undefined;
  readonly control: boolean;
}

/** What one read gives: `nextOffset` is behind everything that was passed, visible or not. */
export interface Read {
  readonly records: LogRecord[];
  readonly nextOffset: number;
}

const bytes = (value: Buffer | string): Buffer => Buffer.from(value as Buffer);

/** An append-only partition with control records, a last stable offset, compaction and a start that can move. */
export class MemoryPartition {
  readonly at: TopicPartition;
  #entries: Entry[] = [];
  #earliest = 0;
  #next = 0;
  readonly #openFrom = new Map<MemoryTransaction, number>();
  readonly #watchers = new Set<() => void>();

  constructor(at: TopicPartition) {
    this.at = at;
  }

  get earliest(): number {
    return this.#earliest;
  }

  /** The next offset. */
  get latest(): number {
    return this.#next;
  }

  /** The first offset that a `read_committed` reader may not see yet. */
  get stable(): number {
    return Math.min(this.#next, ...this.#openFrom.values());
  }

  append(record: NewRecord, timestamp: number, transaction?: MemoryTransaction): number {
    if (transaction !== undefined && !this.#openFrom.has(transaction)) this.#openFrom.set(transaction, this.#next);
    const headers = Object.entries(record.headers ?? {}).map(([name, value]) => [name, bytes(value)] as const);
    return this.#push({
      timestamp,
      key: record.key === null ? null : bytes(record.key),
      value: record.value === null ? null : bytes(record.value),
      headers,
      transaction,
      control: false,
    });
  }

  /** Ends a transaction's part here with a control record, which takes an offset of its own. */
  mark(transaction: MemoryTransaction, timestamp: number): void {
    this.#openFrom.delete(transaction);
    this.#push({ timestamp, key: null, value: null, headers: [], transaction, control: true });
  }

  #push(entry: Omit<Entry, 'offset'>): number {
    const offset = this.#next++;
    this.#entries.push({ offset, ...entry });
    for (const watcher of [...this.#watchers]) watcher();
    return offset;
  }

  read(from: number, isolation: 'read_committed' | 'read_uncommitted', limit: number): Read {
    const end = isolation === 'read_committed' ? this.stable : this.#next;
    const records: LogRecord[] = [];
    for (let index = this.#indexOf(from); index < this.#entries.length; index++) {
      const entry = this.#entries[index] as Entry;
      if (entry.offset >= end) break;
      if (records.length === limit) return { records, nextOffset: entry.offset };
      const hidden = isolation === 'read_committed' && entry.transaction?.state === 'aborted';
      if (!entry.control && !hidden) records.push(this.#copy(entry));
    }
    return { records, nextOffset: Math.max(from, end) };
  }

  #copy(entry: Entry): LogRecord {
    return {
      topic: this.at.topic,
      partition: this.at.partition,
      offset: entry.offset,
      timestamp: entry.timestamp,
      key: entry.key && Buffer.from(entry.key),
      value: entry.value && Buffer.from(entry.value),
      headers: Object.fromEntries(entry.headers.map(([name, value]) => [name, Buffer.from(value)])),
    };
  }

  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] as Entry).offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Offset of the first record with this timestamp or a later one; the next offset if there is none. */
  offsetSince(timestamp: number): number {
    return this.#entries.find((entry) => !entry.control && entry.timestamp >= timestamp)?.offset ?? this.#next;
  }

  /** Keeps the last decided record of each key; offsets stay, the removed leave gaps. Tombstones are kept. */
  compact(): void {
    const end = this.stable;
    const last = new Map<string, number>();
    const counts = (entry: Entry): boolean =>
      entry.offset < end && !entry.control && entry.transaction?.state !== 'aborted' && entry.key !== null;
    for (const entry of this.#entries) if (counts(entry)) last.set(entry.key?.toString('latin1') ?? '', entry.offset);
    this.#entries = this.#entries.filter(
      (entry) =>
        entry.offset >= end || (counts(entry) && last.get(entry.key?.toString('latin1') ?? '') === entry.offset),
    );
  }

  /** What retention does: everything before `offset` is gone. */
  deleteBefore(offset: number): void {
    this.#earliest = Math.min(Math.max(offset, this.#earliest), this.#next);
    this.#entries = this.#entries.filter((entry) => entry.offset >= this.#earliest);
  }

  /** Calls back on every append until the result is called. */
  watch(callback: () => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }
}
