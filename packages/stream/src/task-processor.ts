import type { LogRecord, NewRecord, TopicPartition } from '@resonant/kafka';

/** Where a batch stands in the life of its task. */
export interface Batch {
  /** True while the task restores: the outputs were committed earlier and are thrown away. */
  readonly muted: boolean;
  /** Offset behind the batch, control records and gaps included; the records may be none. */
  readonly nextOffset: number;
}

/** Parts that changed. */
export interface ChangedParts {
  readonly parts: ReadonlyMap<string, string | null>;
  /** True if none is left. */
  readonly isAll: boolean;
}

/** What a processor remembers, as keyed parts: what snapshots hold. */
export interface TaskState {
  /** Version of the format of the parts that `changedParts` gives. */
  readonly version: number;
  /**
   * Parts that changed and were not given since, or since the import, in about `bytes` of text and at least one; null =
   * gone. Laid over what former calls gave, from the beginning or from the import on, they are the whole state between two
   * batches when none is left. As long as nothing is processed in between, repeated calls come to an end.
   */
  changedParts(bytes: number): ChangedParts;
  /** How many `changedParts` would give, about. */
  changedCount(): number;
  /**
   * Takes over a whole state, before the first record, in steps of a few milliseconds at most: it is taken over once all
   * have been asked for. A step throws if this release cannot read it; the processor is dropped then.
   */
  importParts(parts: ReadonlyMap<string, string>): Iterable<unknown>;
}

/**
 * What a task does with its partition: turns records of the log into records to append. One object is the whole memory
 * of one partition; after any failure it is dropped and a new one is made, so it keeps nothing outside itself.
 */
export interface TaskProcessor {
  /**
   * `replay`: memory is a function of the whole log, which is replayed with outputs muted up to the committed offset,
   * from the latest snapshot on if there is `state` and a state topic.
   * `none`: nothing is remembered, the task begins at the committed offset.
   */
  readonly restore: 'replay' | 'none';
  readonly state?: TaskState;
  /** Gets what `process` needs (schemas, for example). Touches no memory, so it is tried again when it rejects. */
  prepare?(records: readonly LogRecord[]): Promise<void>;
  /**
   * Takes records in offset order, returns what they lead to. The outputs and the offset behind the last record are
   * committed in one transaction. A throw drops the memory and begins again at the committed offset; the codes
   * `unknown-record-type`, `invalid-configuration` and `incompatible-schema` stop the task instead.
   */
  process(records: readonly LogRecord[], batch: Batch): readonly NewRecord[] | Promise<readonly NewRecord[]>;
  /** The memory is restored and new records follow, the first at or after `position`. Also after a rebalance that kept it. */
  assigned?(position: number): void;
  /** Everything before `offset` is committed. */
  committed?(offset: number): void;
  /** The partition is no longer worked on with this memory for now: stop timers. `assigned` may come again; so may `lost`. */
  lost?(): void;
}

/** One task as seen from outside. */
export interface TaskStatus extends TopicPartition {
  readonly state: 'taking' | 'restoring' | 'running' | 'parked' | 'stopped';
  /** Next offset to process. */
  readonly position: number;
  /** Last committed offset. */
  readonly committed: number;
  /** Everything before this offset is processed and what it led to is durable. */
  readonly passed: number;
  /** Fetched but not processed records. */
  readonly queued: number;
  /** Append time (epoch ms) of the oldest fetched record that is not passed; null = none waits. */
  readonly oldestWaitingAt: number | null;
  /** Epoch ms since when there is work and the position has not moved; null = it moves or there is no work. */
  readonly stalledSince: number | null;
  /** Size of the whole state as of the last snapshot. */
  readonly stateSize: { readonly parts: number; readonly bytes: number };
  /** Offset that the restore ends at, while restoring. */
  readonly restoringTo: number | null;
  /** Why the task stopped, or its last failure while it tries again. */
  readonly problem: string | null;
}

/** What a restore did. */
export interface Restored {
  /** Offset of the snapshot that was used; null = the log was replayed from its beginning. */
  readonly snapshotOffset: number | null;
  /** Why no snapshot could be used; null = one was, or there is no need for one. */
  readonly reason: string | null;
  /** Records of a snapshot that did not come to its end, and of which nothing was taken. */
  readonly unfinished: number;
  /** How far the log was replayed, in offsets. */
  readonly records: number;
}

/** Hears what tasks go through; for metrics and logs. */
export interface TaskObserver {
  committed?(task: TopicPartition, commit: { readonly outputs: number; readonly tookMs: number }): void;
  /** Something the next records need (a schema) could not be had; it is tried again. */
  waiting?(task: TopicPartition, error: Error): void;
  /** A transaction or the task failed; it begins again at the committed offset. */
  aborted?(task: TopicPartition, error: Error): void;
  restored?(task: TopicPartition, restore: Restored & { readonly tookMs: number }): void;
  /** Called every few seconds of a restore. */
  restoring?(task: TopicPartition, progress: { readonly position: number; readonly to: number }): void;
  /** A snapshot is complete: parts written and their bytes; `tookMs` from taking it to its last transaction. */
  snapshotted?(
    task: TopicPartition,
    snapshot: {
      readonly offset: number;
      /** How often something was written before it was whole: more than once, and the log went on in between. */
      readonly pieces: number;
      readonly parts: number;
      readonly bytes: number;
      readonly tookMs: number;
    },
  ): void;
  /**
   * The process ends and the task has no snapshot of its position, or has not committed up to it: `why`. Who takes the
   * partition next replays more of the log, and says the same.
   */
  leftOpen?(task: TopicPartition, why: string): void;
  /** The task does not go on by itself. */
  stopped?(task: TopicPartition, error: Error): void;
}
