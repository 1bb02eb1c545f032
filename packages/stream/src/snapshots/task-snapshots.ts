import { createHash } from 'node:crypto';
import { ResonantError, type Snapshot } from '@resonant/contracts';
import {
  type Admin,
  encoderFor,
  type Log,
  type LogRecord,
  type NewRecord,
  type OffsetRange,
  type TopicPartition,
} from '@resonant/kafka';
import type { Clock } from '../clock.ts';
import { readRange } from '../read-range.ts';
import type { TaskState } from '../task-processor.ts';
import { readState } from './read-state.ts';
import { type SnapshotHead, type SnapshotLimits, SnapshotWriter, type StateEncoders } from './snapshot-writer.ts';
import type { StoredState } from './stored-state.ts';

/** When snapshots are taken, and in what sizes they are written and taken over. */
export interface SnapshotPolicy {
  /** A snapshot this long after the last was complete. */
  readonly snapshotEveryMs: number;
  /** Or when so many bytes of the log have been processed since: what a restore has to replay. */
  readonly snapshotEveryBytes: number;
  readonly snapshotLimits: SnapshotLimits;
  /** Ms that a restore goes on with a snapshot before others have their turn. */
  readonly restoreStepMs: number;
}

/** Snapshots are to cost at most one part in so many of the time. */
const shareOfTime = 20;

/** Tasks whose first snapshots are spread over the time between two. */
const spread = 8;

/** Where the snapshots of a topic's tasks stand, and how they are written. */
export interface SnapshotSettings {
  readonly log: Log;
  readonly admin: Admin;
  readonly clock: Clock;
  readonly policy: SnapshotPolicy;
  /** State topic of an input topic. */
  readonly stateTopicOf: (topic: string) => string;
  readonly encodersOf: (topic: string) => StateEncoders;
  readonly partitionsOf: (topic: string) => number;
}

/** Registers the schemas of a state topic. */
export const stateEncoders = async (log: Log, topic: string): Promise<StateEncoders> => ({
  part: await encoderFor(log, topic, 'StatePart'),
  head: await encoderFor(log, topic, 'Snapshot'),
});

/** What was found for a task: parts to import, or why there is nothing to be used. */
export type Found = (
  | { readonly usable: true; readonly offset: number; readonly parts: ReadonlyMap<string, string> }
  | { readonly usable: false; readonly reason: string }
) & {
  /** Records of a snapshot that did not come to its end. */
  readonly unfinished: number;
};

/** Some records of a snapshot, in transactions; `whole` says of the last of them what they come to. */
export interface SnapshotPiece {
  readonly slices: readonly (readonly NewRecord[])[];
  readonly whole:
    | {
        readonly offset: number;
        readonly pieces: number;
        readonly parts: number;
        readonly bytes: number;
        readonly startedAt: number;
      }
    | undefined;
}

/** One pass over what has changed. */
interface Round {
  readonly startedAt: number;
  /** Time spent on making records, ms. */
  spentMs: number;
  /** Written so far. */
  pieces: number;
  parts: number;
  bytes: number;
  /** Parts that had changed when the pass began, and those of them that are left. */
  size: number;
  left: number;
  isLast: boolean;
}

/** Each pass takes what changed during the one before. One that is not half of that would never come to an end. */
function goOn(round: Round, written: number, changed: number): void {
  round.left -= written;
  if (round.left > 0) return;
  round.isLast = changed > round.size / 2;
  round.size = changed;
  round.left = changed;
}

interface Tail {
  readonly offset: number;
  readonly digest: string;
}

const noTail: Tail = { offset: -1, digest: '' };

/** The snapshots of one task: finds the latest that can be used, and takes new ones. */
export class TaskSnapshots {
  readonly #settings: SnapshotSettings;
  readonly #at: TopicPartition;
  readonly #stateAt: TopicPartition;
  #stored: StoredState | undefined;
  #writer: SnapshotWriter | undefined;
  #tail: Tail = noTail;
  #last: LogRecord | undefined;
  #bytes = 0;
  #notBefore = 0;
  #round: Round | undefined;
  /** The state at this offset is committed, or was when the partition was taken. */
  #offset = 0;

  constructor(settings: SnapshotSettings, at: TopicPartition) {
    this.#settings = settings;
    this.#at = at;
    this.#stateAt = { topic: settings.stateTopicOf(at.topic), partition: at.partition };
  }

  /** The whole state as of the last snapshot. */
  get size(): { readonly parts: number; readonly bytes: number } {
    return this.#writer?.size ?? { parts: 0, bytes: 0 };
  }

  /**
   * The latest snapshot up to the committed offset (null = nothing is committed). Throws `invalid-configuration` if the
   * log or the group is not what the snapshot was taken of.
   */
  async find(range: OffsetRange, committed: number | null, signal: AbortSignal): Promise<Found> {
    const { log, clock, policy } = this.#settings;
    this.#stored = await readState(log, this.#stateAt, signal, { clock, stepMs: policy.restoreStepMs });
    const { head, state, damage, leftovers } = this.#stored;
    const unfinished = this.#stored.unfinished.length;
    // Every record there was committed with an offset.
    if (committed === null && head === undefined && leftovers.size + unfinished > 0)
      this.#refuseLostOffset('a snapshot', 0);
    if (head === undefined) return { usable: false, reason: damage ?? 'there is none', unfinished };
    this.#refuseOtherLog(head, committed);
    const reason =
      damage ?? this.#outOfReach(head, range, committed ?? 0) ?? (await this.#otherRecord(head, range, signal));
    if (reason !== undefined) return { usable: false, reason: `that of offset ${head.offset}: ${reason}`, unfinished };
    return { usable: true, offset: head.offset, parts: state, unfinished };
  }

  /** The task goes on from here: with the snapshot that was found, or without. */
  begin(from: { readonly isRestored: boolean; readonly committed: number }): void {
    const stored = this.#stored as StoredState;
    const encoders = this.#settings.encodersOf(this.#at.topic);
    const { head } = stored;
    const { policy, clock } = this.#settings;
    this.#writer = new SnapshotWriter(this.#stateAt, encoders, stored, !from.isRestored, policy.snapshotLimits);
    if (from.isRestored && head !== undefined) this.#tail = { offset: head.lastOffset, digest: head.lastDigest };
    this.#stored = undefined;
    this.#offset = from.committed;
    // partitions that are taken together do not take their snapshots together
    const share = 1 + (this.#at.partition % spread) / spread;
    this.#notBefore = clock.now() + share * policy.snapshotEveryMs;
  }

  /** These records are part of the state from now on. */
  processed(records: readonly LogRecord[]): void {
    this.#last = records.at(-1) ?? this.#last;
    for (const { key, value } of records) this.#bytes += (key?.length ?? 0) + (value?.length ?? 0);
  }

  /** True if more of a snapshot is to be written, or one is to be begun, with the state at `position`. */
  isDue(position: number): boolean {
    if (this.#round !== undefined) return true;
    const { clock, policy } = this.#settings;
    if (position <= this.#offset) return false;
    return clock.now() >= this.#notBefore || this.#bytes >= policy.snapshotEveryBytes;
  }

  /** Time until a snapshot may be begun, ms. */
  get dueInMs(): number {
    return Math.max(0, this.#notBefore - this.#settings.clock.now());
  }

  /** True if the state at `position` is not yet in a snapshot. */
  isNew(position: number): boolean {
    return this.#round !== undefined || position > this.#offset;
  }

  /** True if the task has to stay where it is until the snapshot is whole: it changes as fast as it is written. */
  get holds(): boolean {
    return this.#round?.isLast === true;
  }

  /**
   * The next records of a snapshot, about as many as one transaction takes: parts as they are at `position`. The log may
   * go on before the rest is asked for; what changes meanwhile comes again, so that everything is of one position when
   * none is left.
   */
  write(state: TaskState, position: number): SnapshotPiece {
    const { clock, policy } = this.#settings;
    const startedAt = clock.now();
    const writer = this.#writer as SnapshotWriter;
    const wiped = writer.wipe();
    if (wiped !== undefined) return { slices: wiped, whole: undefined };
    this.#round ??= {
      startedAt,
      spentMs: 0,
      pieces: 0,
      parts: 0,
      bytes: 0,
      size: state.changedCount(),
      left: state.changedCount(),
      isLast: false,
    };
    const round = this.#round;
    const { parts, isAll } = state.changedParts(policy.snapshotLimits.pieceBytes);
    const written = isAll
      ? writer.end(parts, this.#headAt(position, state.version))
      : writer.write(parts, { offset: position, version: state.version });
    round.pieces++;
    round.parts += written.parts;
    round.bytes += written.bytes;
    round.spentMs += clock.now() - startedAt;
    if (!isAll) {
      goOn(round, written.parts, state.changedCount());
      return { slices: written.slices, whole: undefined };
    }
    this.#ended(round, position);
    const { pieces, bytes } = round;
    return {
      slices: written.slices,
      whole: { offset: position, pieces, parts: round.parts, bytes, startedAt: round.startedAt },
    };
  }

  #headAt(offset: number, version: number): SnapshotHead {
    if (this.#last !== undefined) this.#tail = { offset: this.#last.offset, digest: digestOf(this.#last) };
    return {
      ...{ offset, version, partitions: this.#settings.partitionsOf(this.#at.topic) },
      ...{ lastOffset: this.#tail.offset, lastDigest: this.#tail.digest },
      takenAt: this.#settings.clock.now(),
    };
  }

  #ended({ spentMs }: Round, position: number): void {
    const { clock, policy } = this.#settings;
    this.#round = undefined;
    this.#offset = position;
    this.#bytes = 0;
    this.#last = undefined;
    this.#notBefore = clock.now() + Math.max(policy.snapshotEveryMs, shareOfTime * spentMs);
  }

  #refuseOtherLog(head: Snapshot, committed: number | null): void {
    const { topic } = this.#at;
    const count = this.#settings.partitionsOf(topic);
    if (head.partitions !== count) {
      throw new ResonantError(
        'invalid-configuration',
        `${topic} has ${count} partitions, its state was kept for ${head.partitions}: the count cannot be changed; ` +
          'keys would be in other partitions than what is remembered of them. Recreate the topics with the old count from a backup, ' +
          'or begin anew under other topics',
      );
    }
    if (committed === null && head.offset > 0) {
      this.#refuseLostOffset(`a snapshot of offset ${head.offset}`, head.offset);
    }
  }

  #refuseLostOffset(what: string, least: number): never {
    const { topic, partition } = this.#at;
    throw new ResonantError(
      'invalid-configuration',
      `the consumer group has no committed offset in ${topic}/${partition}, but ${what} was committed with one: ` +
        `the group's offsets are lost. Set the offset behind the last record that was processed (at least ${least}; ` +
        `alerts of this partition name the ticks that decided them), or empty ${this.#stateAt.topic} to say everything again`,
    );
  }

  #outOfReach(head: Snapshot, range: OffsetRange, committed: number): string | undefined {
    if (head.offset > committed) return `it lies behind the committed offset ${committed}`;
    if (head.offset < range.earliest) return `the log begins at offset ${range.earliest}`;
    if (head.offset > range.latest) return `the log ends at offset ${range.latest}`;
    return undefined;
  }

  /** Another log under the same name has another record there, or none. */
  async #otherRecord(head: Snapshot, range: OffsetRange, signal: AbortSignal): Promise<string | undefined> {
    const { lastOffset, lastDigest } = head;
    if (lastOffset < range.earliest || lastDigest === '') return undefined;
    let digest = '';
    await readRange(
      this.#settings.log,
      this.#at,
      { from: lastOffset, to: lastOffset + 1 },
      signal,
      async ([record]) => {
        if (record !== undefined) digest = digestOf(record);
      },
    );
    return digest === lastDigest || signal.aborted ? undefined : `the log holds another record at offset ${lastOffset}`;
  }
}

const digestOf = ({ timestamp, key, value }: LogRecord): string =>
  createHash('sha256')
    .update(`${timestamp} ${key?.length ?? -1} ${value?.length ?? -1}\n`)
    .update(key ?? '')
    .update(value ?? '')
    .digest('hex');
