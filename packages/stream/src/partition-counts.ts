import { ResonantError } from '@resonant/contracts';
import type { Admin } from '@resonant/kafka';

/** What goes with every committed offset: how many partitions the topic had then. */
export const countMetadata = (partitions: number): string => `partitions=${partitions}`;

/**
 * Partitions of each topic. Rejects with `invalid-configuration` if offsets of the group were committed when a topic had
 * another count: keys would be in other partitions than what was made of them.
 */
export async function partitionCounts(
  admin: Admin,
  group: string,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const topic of topics) {
    const count = await admin.partitionCount(topic);
    counts.set(topic, count);
    for (const { metadata } of await admin.committed(group, topic)) {
      const before = Number(/^partitions=(\d+)$/.exec(metadata)?.[1] ?? count);
      if (before === count) continue;
      throw new ResonantError(
        'invalid-configuration',
        `${topic} has ${count} partitions, group ${group} worked on it with ${before}: the count of a topic cannot be ` +
          'changed, because keys would move away from what is remembered of them. Recreate the topic with the old count ' +
          'from a backup, or begin anew: empty the topics and delete the offsets of the group',
      );
    }
  }
  return counts;
}
