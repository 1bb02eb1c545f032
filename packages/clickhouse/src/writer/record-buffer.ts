import { bytesOf, type RawRecord } from './range.ts';

/** When a batch is full. */
export interface BatchLimits {
  readonly rows: number;
  readonly bytes: number;
  /** Age of its first record since it was read, in ms. */
  readonly ageMs: number;
  /** The same while all of its records are ticks: nobody waits for those, and an insert of one costs as much as of many. */
  readonly quietAgeMs: number;
}

interface Held {
  readonly record: RawRecord;
  readonly bytes: number;
  readonly arrivedAt: number;
}

/** Records that were read and are not stored yet, in offset order. */
export class RecordBuffer {
  #held: Held[] = [];
  #bytes = 0;
  #passed: number;
  /** How many of the records in front are ticks. */
  #quiet = 0;

  /** @param from the first offset that is read; what comes before is not wanted */
  constructor(from: number) {
    this.#passed = from;
  }

  /** Behind the last offset that was read, holes included. */
  get passed(): number {
    return this.#passed;
  }

  get records(): number {
    return this.#held.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When the next batch is due by its age, epoch ms; undefined if nothing waits. */
  dueAt({ ageMs, quietAgeMs }: BatchLimits): number | undefined {
    const [oldest, loud] = [this.#held[0], this.#held[this.#quiet]];
    if (oldest === undefined) return undefined;
    return Math.min(
      oldest.arrivedAt + Math.max(ageMs, quietAgeMs),
      (loud?.arrivedAt ?? Number.POSITIVE_INFINITY) + ageMs,
    );
  }

  /** Append time of the oldest record, epoch ms. */
  get oldestAppendedAt(): number | undefined {
    return this.#held[0]?.record.timestamp;
  }

  /** Takes what was read; what was read before is left out. Returns the bytes taken. */
  push(records: readonly RawRecord[], nextOffset: number, now: number): number {
    let taken = 0;
    for (const record of records) {
      if (record.offset < this.#passed) continue;
      const bytes = bytesOf(record);
      if (this.#quiet === this.#held.length && isTick(record)) this.#quiet++;
      this.#held.push({ record, bytes, arrivedAt: now });
      taken += bytes;
      this.#passed = record.offset + 1;
    }
    this.#passed = Math.max(this.#passed, nextOffset);
    this.#bytes += taken;
    return taken;
  }

  /** All records up to `last`, once everything up to there was read. */
  through(last: number): readonly RawRecord[] | undefined {
    if (this.#passed <= last) return undefined;
    return this.#held.filter(({ record }) => record.offset <= last).map(({ record }) => record);
  }

  /** The next batch, if one is full by rows, bytes or age; nothing at or behind `before` is in it. */
  batch(limits: BatchLimits, now: number, before = Number.POSITIVE_INFINITY): readonly RawRecord[] | undefined {
    const oldest = this.#held[0];
    if (oldest === undefined || oldest.record.offset >= before) return undefined;
    const records: RawRecord[] = [];
    let bytes = 0;
    let isFull = false;
    for (const held of this.#held) {
      isFull = held.record.offset >= before || records.length >= limits.rows || bytes + held.bytes > limits.bytes;
      if (isFull && records.length > 0) break;
      records.push(held.record);
      bytes += held.bytes;
    }
    const isClosed = isFull || records.length >= limits.rows || bytes >= limits.bytes || this.#passed >= before;
    return isClosed || now >= (this.dueAt(limits) as number) ? records : undefined;
  }

  /** Lets go of everything up to `last`. Returns the bytes. */
  drop(last: number): number {
    let count = 0;
    let bytes = 0;
    while (count < this.#held.length && (this.#held[count] as Held).record.offset <= last) {
      bytes += (this.#held[count] as Held).bytes;
      count++;
    }
    this.#held = this.#held.slice(count);
    const loud = this.#held.findIndex(({ record }) => !isTick(record));
    this.#quiet = loud < 0 ? this.#held.length : loud;
    this.#bytes -= bytes;
    return bytes;
  }
}

/** Of all records only ticks carry no headers (architecture.md, "Topics"). */
const isTick = ({ headers }: RawRecord): boolean => Object.keys(headers).length === 0;
