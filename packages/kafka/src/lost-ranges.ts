import { ResonantError } from '@resonant/contracts';
import type { Admin, Log, TopicPartition } from './port.ts';

/** A partition whose next record for a group is not in the log. */
export interface LostRange extends TopicPartition {
  /** Offset at which the group would go on; 0 if it has committed nothing. */
  readonly next: number;
  /** What the log holds: first offset, and the one behind the last. */
  readonly earliest: number;
  readonly latest: number;
}

/**
 * Partitions that a group cannot go on with: retention has deleted records before the group had read them, or the log
 * ends before the place up to which it has read (another log than the one that was read).
 */
export async function lostRanges(
  admin: Admin,
  group: string,
  topics: readonly string[],
): Promise<readonly LostRange[]> {
  const perTopic = await Promise.all(
    topics.map(async (topic): Promise<readonly LostRange[]> => {
      const committed = await admin.committed(group, topic);
      const next = new Map(committed.map(({ partition, offset }) => [partition, offset ?? 0] as const));
      return (await admin.offsets(topic)).map((range) => ({ ...range, next: next.get(range.partition) ?? 0 }));
    }),
  );
  return perTopic.flat().filter(({ next, earliest, latest }) => next < earliest || next > latest);
}

/** What a lost range means, in one sentence. */
export const lostRangeText = ({ topic, partition, next, earliest, latest }: LostRange): string =>
  next < earliest
    ? `${topic}/${partition}: offsets ${next} to ${earliest - 1} are no longer kept and were never read`
    : `${topic}/${partition}: read up to offset ${next}, and the log ends at ${latest}: it is not the log that was read`;

/**
 * Rejects with `invalid-configuration` if a group cannot go on with one of its topics, saying what is lost and which
 * command accepts that. Call it before joining the group: a member could only fail.
 */
export async function refuseLostRanges(log: Log, group: string, topics: readonly string[]): Promise<void> {
  const admin = await log.admin();
  try {
    const lost = await lostRanges(admin, group, topics);
    if (lost.length === 0) return;
    const named = [...new Set(lost.map(({ topic }) => topic))].join(',');
    throw new ResonantError(
      'invalid-configuration',
      `${lost.map(lostRangeText).join('; ')}. Restore the topic from a backup, or go on without what is lost: ` +
        `resonant offsets skip-lost --group ${group} --topic ${named}`,
    );
  } finally {
    await admin.close();
  }
}

/** Commits that a group goes on at the beginning of what the log holds, in the partitions given. */
export async function skipLostRanges(log: Log, group: string, lost: readonly LostRange[]): Promise<void> {
  const producer = await log.transactionalProducer(`${group}-skip-lost`);
  try {
    for (const { topic, partition, earliest } of lost) {
      await producer.commit({ records: [], offsets: { topic, partition, offset: earliest, group } });
    }
  } finally {
    await producer.close();
  }
}
