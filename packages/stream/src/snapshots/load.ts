import { ResonantError } from '@resonant/contracts';
import type { OffsetRange } from '@resonant/kafka';
import type { TaskProcessor } from '../task-processor.ts';
import { inTurns, type Turns } from '../turns.ts';
import type { TaskSnapshots } from './task-snapshots.ts';

/** Where the replay of a log begins, with the processor that stands there. */
export interface RestorePoint {
  readonly processor: TaskProcessor;
  /** Offset of the snapshot; null = from the beginning of the log. */
  readonly snapshotOffset: number | null;
  /** Why no snapshot could be used. */
  readonly reason: string | null;
  /** Records of a snapshot that did not come to its end: none of its parts was taken. */
  readonly unfinished: number;
}

/**
 * Takes over the latest snapshot that can be used, else begins with the log. Throws `invalid-configuration` if neither a
 * snapshot nor the beginning of the log is there. Resolves with undefined when `signal` was aborted meanwhile: nothing
 * has been taken over then.
 *
 * @param committed the committed offset; null = nothing is committed
 * @param anew makes another processor: one that a snapshot has half filled is thrown away
 */
export async function restorePoint(options: {
  readonly processor: TaskProcessor;
  readonly anew: () => TaskProcessor | Promise<TaskProcessor>;
  readonly snapshots: TaskSnapshots | undefined;
  readonly range: OffsetRange;
  readonly committed: number | null;
  readonly turns: Turns;
  readonly signal: AbortSignal;
}): Promise<RestorePoint | undefined> {
  const { processor, anew, snapshots, range, committed, signal } = options;
  if (snapshots === undefined || processor.state === undefined) {
    refuseTruncatedLog(range, 'this task keeps none');
    return { processor, snapshotOffset: null, reason: null, unfinished: 0 };
  }
  const found = await snapshots.find(range, committed, signal);
  if (signal.aborted) return undefined;
  const { unfinished } = found;
  const failure = found.usable ? await importFailure(processor.state, found.parts, options.turns) : found.reason;
  if (found.usable && failure === undefined) {
    snapshots.begin({ isRestored: true, committed: committed ?? 0 });
    return { processor, snapshotOffset: found.offset, reason: null, unfinished };
  }
  const reason = found.usable ? `that of offset ${found.offset} cannot be read: ${failure}` : found.reason;
  refuseTruncatedLog(range, reason);
  snapshots.begin({ isRestored: false, committed: committed ?? 0 });
  if (!found.usable) return { processor, snapshotOffset: null, reason, unfinished };
  processor.lost?.();
  return { processor: await anew(), snapshotOffset: null, reason, unfinished };
}

/** Heartbeats and other tasks have their turn between the steps, or a large state would cost the membership. */
async function importFailure(
  state: NonNullable<TaskProcessor['state']>,
  parts: ReadonlyMap<string, string>,
  turns: Turns,
): Promise<string | undefined> {
  try {
    await inTurns(state.importParts(parts)[Symbol.iterator](), turns);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function refuseTruncatedLog({ topic, partition, earliest }: OffsetRange, reason: string): void {
  if (earliest === 0) return;
  throw new ResonantError(
    'invalid-configuration',
    `${topic}/${partition} begins at offset ${earliest}, and without its beginning the state cannot be restored: there is no usable ` +
      `snapshot (${reason}). ` +
      'Restore the topic or its state topic from a backup; or start the release that wrote the snapshot; or, to begin anew ' +
      'without what was said before, empty both topics and delete the offsets of the consumer group',
  );
}
