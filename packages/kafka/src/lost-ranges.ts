import { ResonantError } from '@resonant/contracts';
import type { Admin, Log, OffsetRange, TopicPartition } from './port.ts';

/** Why a group cannot go on with a partition by itself. */
export type LossReason =
  /** Records were deleted before the group had read them. */
  | 'no-longer-kept'
  /** The log ends before the place up to which the group has read: it is another log. */
  | 'other-log'
  /** The group has read on, but its committed offset is gone. */
  | 'offset-lost';

/** A partition that a group cannot go on with by itself. */
export interface LostRange extends OffsetRange {
  readonly reason: LossReason;
  /** Offset at which the group would go on if everything were there; 0 if it has read nothing. */
  readonly next: number;
  /** Offset at which it can go on. */
  readonly goOnAt: number;
}

/** How far a group is known to have worked off a partition, whatever it has committed; undefined = nothing is known. */
export type KnownReach = (at: TopicPartition) => number | undefined;

const nothingKnown: KnownReach = () => undefined;

/**
 * Partitions that a group cannot go on with: retention has deleted records before the group had read them, the log ends
 * before the place up to which it has read, or nothing is committed although it is known to have read.
 */
export async function lostRanges(
  admin: Admin,
  group: string,
  topics: readonly string[],
  reached: KnownReach = nothingKnown,
): Promise<readonly LostRange[]> {
  const perTopic = await Promise.all(
    topics.map(async (topic): Promise<readonly LostRange[]> => {
      const offsets = await admin.committed(group, topic);
      const committed = new Map(offsets.map(({ partition, offset }) => [partition, offset] as const));
      const ranges = await admin.offsets(topic);
      return ranges.flatMap(
        (range) => lostRangeOf(range, committed.get(range.partition) ?? null, reached(range)) ?? [],
      );
    }),
  );
  return perTopic.flat();
}

/**
 * Why a group cannot go on with one partition; undefined = it can.
 *
 * @param committed null = nothing is committed
 * @param reached how far it is known to have read besides
 */
export function lostRangeOf(range: OffsetRange, committed: number | null, reached = 0): LostRange | undefined {
  const { earliest, latest } = range;
  // What was read further than the log reaches was another log; without an offset this one is simply new.
  const next = committed ?? (reached > latest ? 0 : reached);
  if (next < earliest) return { ...range, reason: 'no-longer-kept', next, goOnAt: earliest };
  if (next > latest) return { ...range, reason: 'other-log', next, goOnAt: earliest };
  return committed === null && next > 0 ? { ...range, reason: 'offset-lost', next, goOnAt: next } : undefined;
}

/** What a lost range means, in one sentence. */
export function lostRangeText({ topic, partition, reason, next, earliest, latest }: LostRange): string {
  const at = `${topic}/${partition}`;
  switch (reason) {
    case 'no-longer-kept':
      return `${at}: offsets ${next} to ${earliest - 1} are no longer kept and were never read`;
    case 'other-log':
      return `${at}: read up to offset ${next}, and the log ends at ${latest}: it is not the log that was read`;
    case 'offset-lost':
      return `${at}: read up to offset ${next}, and the group's committed offset is gone: to begin at ${earliest} would say everything again`;
  }
}

/**
 * Rejects with `invalid-configuration` if a group cannot go on with one of its topics, saying what is lost and which
 * command accepts that. Call it before joining the group: a member could only fail.
 */
export async function refuseLostRanges(
  log: Log,
  group: string,
  topics: readonly string[],
  reached: KnownReach = nothingKnown,
): Promise<void> {
  const admin = await log.admin();
  try {
    const lost = await lostRanges(admin, group, topics, reached);
    if (lost.length === 0) return;
    const named = [...new Set(lost.map(({ topic }) => topic))].join(',');
    const remedy = lost.every(({ reason }) => reason === 'offset-lost')
      ? 'Go on where it had read to (what it read in its last second there may be said again, under the same ids): '
      : 'Restore the topic from a backup, or go on without what is lost: ';
    throw new ResonantError(
      'invalid-configuration',
      `${lost.map(lostRangeText).join('; ')}. ${remedy}resonant offsets skip-lost --group ${group} --topic ${named}`,
    );
  } finally {
    await admin.close();
  }
}

/** Stands beside an offset at which an operator had a group go on: what lies before it is given up. */
export const skipLostMetadata = JSON.stringify({ skipLost: true });

/** Commits where a group goes on, in the partitions given, with `skipLostMetadata`. */
export async function skipLostRanges(log: Log, group: string, lost: readonly LostRange[]): Promise<void> {
  const producer = await log.transactionalProducer(`${group}-skip-lost`);
  try {
    for (const { topic, partition, goOnAt } of lost) {
      const offsets = { topic, partition, offset: goOnAt, group, metadata: skipLostMetadata };
      await producer.commit({ records: [], offsets });
    }
  } finally {
    await producer.close();
  }
}
