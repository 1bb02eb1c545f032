import type { Snapshot, StatePart } from '@resonant/contracts';
import type { NewRecord, TopicPartition } from '@resonant/kafka';
import {
  headKey,
  keyOf,
  keysOf,
  nothingStored,
  otherPlace,
  type Place,
  type StoredKeys,
  type StoredPart,
} from './part-keys.ts';

/** Sizes of what is written. */
export interface SnapshotLimits {
  /** Bytes of parts that are made at once: the loop stands still for it. About a slice, so that mostly one comes of it. */
  readonly pieceBytes: number;
  /** Bytes of a part that one record holds; a larger one is cut into chunks. */
  readonly chunkBytes: number;
  /** Bytes of a snapshot that one transaction holds; a larger one takes several. */
  readonly sliceBytes: number;
  /** Parts whose left-over keys one snapshot clears away. */
  readonly clearedAtOnce: number;
}

export const defaultSnapshotLimits: SnapshotLimits = {
  pieceBytes: 768 * 1024,
  chunkBytes: 512 * 1024,
  sliceBytes: 1024 * 1024,
  clearedAtOnce: 1000,
};

/** What a record takes besides its part. */
const overheadBytes = 100;

/** Encoders of the records of a state topic. */
export interface StateEncoders {
  readonly part: (value: StatePart) => Buffer;
  readonly head: (value: Snapshot) => Buffer;
}

/** What the head says of a snapshot besides its size. */
export type SnapshotHead = Omit<Snapshot, 'parts' | 'bytes'>;

/** Where the state stands that parts are of, and in which version of their format. */
export type PartsAt = Pick<Snapshot, 'offset' | 'version'>;

type Changes = ReadonlyMap<string, string | null>;

/** Records of a snapshot. */
export interface SnapshotRecords {
  /** One for each transaction, in the order in which they have to be committed; the head comes last. */
  readonly slices: readonly (readonly NewRecord[])[];
  /** Parts that were written, and their bytes. */
  readonly parts: number;
  readonly bytes: number;
}

/**
 * Turns changed parts into the records of one partition of a state topic. It knows what stands there, so what it writes
 * is valid together with its head and not before (see `Place`).
 */
export class SnapshotWriter {
  readonly #at: TopicPartition;
  readonly #encoders: StateEncoders;
  readonly #limits: SnapshotLimits;
  readonly #stored = new Map<string, StoredPart>();
  readonly #leftovers = new Map<string, Set<string>>();
  #bytes = 0;
  /** What the snapshot that is being written has replaced, by part: undefined = there was none. */
  readonly #before = new Map<string, StoredPart | undefined>();
  /** True from the first records of a snapshot to its head. */
  #isBegun = false;
  /** Keys that have to be cleared away before the first snapshot, and how many are left. */
  #stale: Iterator<string>;
  #staleLeft = 0;

  /** @param isForeign the state does not come from what is stored: what the first snapshot does not name is gone */
  constructor(
    at: TopicPartition,
    encoders: StateEncoders,
    stored: StoredKeys,
    isForeign: boolean,
    limits = defaultSnapshotLimits,
  ) {
    this.#at = at;
    this.#limits = limits;
    this.#encoders = encoders;
    this.#stale = staleIn(stored, isForeign);
    for (const _ of staleIn(stored, isForeign)) this.#staleLeft++;
    if (isForeign) return;
    for (const [name, part] of stored.parts) this.#store(name, part);
    for (const [name, keys] of stored.leftovers) this.#leftovers.set(name, new Set(keys));
  }

  /** The whole state as of the last snapshot, or as far as one is written. */
  get size(): { readonly parts: number; readonly bytes: number } {
    return { parts: this.#stored.size, bytes: this.#bytes };
  }

  /**
   * Tombstones of what stands there and a later head could take for parts of its snapshot, as transactions of about a
   * piece; undefined once so little is left that `write` or `end` can begin with the rest. That is everything, the head
   * first, if the state does not come from it: its offset may lie behind that of the state. Else it is what was written
   * for a snapshot that did not come to its end: the head of the next one lies behind it, and need not write it again.
   */
  wipe(): SnapshotRecords['slices'] | undefined {
    const { pieceBytes, sliceBytes } = this.#limits;
    const count = Math.max(1, Math.floor(pieceBytes / overheadBytes));
    if (this.#staleLeft <= count) return undefined;
    return [...slicesOf(this.#wiped(count), sliceBytes)];
  }

  /**
   * More of a snapshot: parts that changed, as they are at `at`; null = gone. Nothing of it is valid before its end, so
   * that the log may go on in between: a part that changes again is written again.
   */
  write(changed: Changes, at: PartsAt): SnapshotRecords {
    return this.#records(changed, at, undefined);
  }

  /** The end of a snapshot: the last of its changes, and its head. Everything that was written is as it is there. */
  end(changed: Changes, head: SnapshotHead): SnapshotRecords {
    const records = this.#records(changed, head, head);
    this.#isBegun = false;
    this.#before.clear();
    return records;
  }

  #records(changed: Changes, at: PartsAt, head: SnapshotHead | undefined): SnapshotRecords {
    const parts = new Map<string, Buffer | null>();
    for (const [name, text] of changed) parts.set(name, text === null ? null : Buffer.from(text));
    const records = this.#wiped(this.#staleLeft);
    const isOneTransaction =
      head !== undefined && !this.#isBegun && sizeOf(parts) + records.length * overheadBytes <= this.#limits.sliceBytes;
    if (!this.#isBegun) records.push(...this.#cleared());
    this.#isBegun = true;
    let written = 0;
    for (const [name, bytes] of parts) {
      if (bytes !== null) records.push(...this.#put(name, bytes, isOneTransaction, at));
      else if (isOneTransaction) records.push(...this.#remove(name));
      else records.push(...this.#mark(name, at));
      written += bytes?.length ?? 0;
    }
    if (head !== undefined) {
      const { parts: count, bytes } = this.size;
      records.push(this.#record(headKey, this.#encoders.head({ ...head, parts: count, bytes })));
    }
    return {
      slices: isOneTransaction ? [records] : [...slicesOf(records, this.#limits.sliceBytes)],
      parts: parts.size,
      bytes: written,
    };
  }

  #wiped(count: number): NewRecord[] {
    this.#staleLeft -= count;
    const wiped = Array.from({ length: count }, () => this.#record(this.#stale.next().value ?? headKey, null));
    if (this.#staleLeft === 0) this.#stale = staleIn(nothingStored, false);
    return wiped;
  }

  #put(name: string, bytes: Buffer, inPlace: boolean, at: PartsAt): NewRecord[] {
    const before = this.#beforeOf(name);
    const place: Place = before === undefined ? 'a' : inPlace ? before.place : otherPlace(before.place);
    const { chunkBytes } = this.#limits;
    const chunks = Math.max(1, Math.ceil(bytes.length / chunkBytes));
    const now = { place, bytes: bytes.length, chunks };
    const keys = keysOf(name, now);
    // What is left of a part that was gone must not outlive the mark that says so.
    const cleared = before === undefined ? this.#clear(name) : [];
    this.#leaveStored(name);
    this.#reuse(name, keys);
    this.#store(name, now);
    const put = keys.map((key, chunk) => {
      const state = bytes.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes);
      return this.#record(key, this.#part(name, at, state, chunk, chunks));
    });
    return [...cleared, ...put];
  }

  /** Tombstones for everything that was ever written for the part. */
  #remove(name: string): NewRecord[] {
    this.#leaveStored(name);
    this.#store(name, undefined);
    return this.#clear(name);
  }

  /** Says in the other place that the part is gone; tombstones can follow when the snapshot is complete. */
  #mark(name: string, at: PartsAt): NewRecord[] {
    const before = this.#beforeOf(name);
    this.#leaveStored(name);
    this.#store(name, undefined);
    // It was gone before: an earlier mark has to stay until what it hides is cleared away.
    if (before === undefined) return this.#clear(name);
    const key = keyOf(name, otherPlace(before.place), 0);
    this.#leave(name, [...keysOf(name, before), key]);
    return [this.#record(key, this.#part(name, at, Buffer.alloc(0), 0, 0))];
  }

  /** The part as it stands in the last complete snapshot; it is noted before it is written for this one. */
  #beforeOf(name: string): StoredPart | undefined {
    if (!this.#before.has(name)) this.#before.set(name, this.#stored.get(name));
    return this.#before.get(name);
  }

  /** What stands there of a part is about to be replaced. */
  #leaveStored(name: string): void {
    const stored = this.#stored.get(name);
    if (stored !== undefined) this.#leave(name, keysOf(name, stored));
  }

  /** Tombstones of keys that have been left over by complete snapshots. */
  #cleared(): NewRecord[] {
    const cleared: NewRecord[] = [];
    for (const name of this.#leftovers.keys()) {
      if (cleared.length >= this.#limits.clearedAtOnce) break;
      cleared.push(...this.#clear(name));
    }
    return cleared;
  }

  #clear(name: string): NewRecord[] {
    const keys = [...(this.#leftovers.get(name) ?? [])];
    this.#leftovers.delete(name);
    return keys.map((key) => this.#record(key, null));
  }

  /** The last of `keys` is cleared last: it may be the mark that the part is gone. */
  #leave(name: string, keys: readonly string[]): void {
    const left = this.#leftovers.get(name) ?? new Set();
    for (const key of keys) {
      left.delete(key);
      left.add(key);
    }
    this.#leftovers.set(name, left);
  }

  #reuse(name: string, keys: readonly string[]): void {
    const left = this.#leftovers.get(name);
    for (const key of keys) left?.delete(key);
    if (left?.size === 0) this.#leftovers.delete(name);
  }

  #store(name: string, part: StoredPart | undefined): void {
    this.#bytes += (part?.bytes ?? 0) - (this.#stored.get(name)?.bytes ?? 0);
    if (part === undefined) this.#stored.delete(name);
    else this.#stored.set(name, part);
  }

  #part(part: string, { offset, version }: PartsAt, state: Buffer, chunk: number, chunks: number): Buffer {
    return this.#encoders.part({ part, version, offset, state, chunk, chunks });
  }

  #record(key: string, value: Buffer | null): NewRecord {
    return { ...this.#at, key, value };
  }
}

/** Keys that no later snapshot may find there: every one, that of the head first, if the state does not come from them. */
function* staleIn({ parts, leftovers, unfinished }: StoredKeys, isForeign: boolean): Generator<string> {
  if (isForeign) {
    yield headKey;
    for (const [name, part] of parts) yield* keysOf(name, part);
    for (const keys of leftovers.values()) yield* keys;
  }
  yield* unfinished;
}

function sizeOf(parts: ReadonlyMap<string, Buffer | null>): number {
  let bytes = 0;
  for (const [name, part] of parts) bytes += name.length + (part?.length ?? 0) + overheadBytes;
  return bytes;
}

function* slicesOf(records: readonly NewRecord[], sliceBytes: number): Generator<readonly NewRecord[]> {
  let start = 0;
  let bytes = 0;
  for (const [index, { key, value }] of records.entries()) {
    const size = (key?.length ?? 0) + (value?.length ?? 0) + overheadBytes;
    if (index > start && bytes + size > sliceBytes) {
      yield records.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  yield records.slice(start);
}
