import type { TopicPartition } from './port.ts';

/** A group member as the assignor sees it. */
export interface Claimant {
  readonly id: string;
  readonly topics: readonly string[];
  /** What it owned before, and in which generation it was told so. */
  readonly owned: readonly TopicPartition[];
  readonly generation: number;
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/**
 * Sticky assignment: shares are as equal as they can be, and within that everyone keeps what it owned (the claim of the
 * later generation counts). The same input gives the same result, whatever the order of members.
 */
export function assign(
  members: readonly Claimant[],
  partitions: readonly TopicPartition[],
): ReadonlyMap<string, readonly TopicPartition[]> {
  const byId = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const shares = new Map(byId.map((member) => [member.id, [] as TopicPartition[]]));
  const share = (member: Claimant): TopicPartition[] => shares.get(member.id) as TopicPartition[];
  const free = new Map(partitions.map((partition) => [keyOf(partition), partition]));

  const floor = byId.length === 0 ? 0 : Math.floor(partitions.length / byId.length);
  let above = byId.length === 0 ? 0 : partitions.length % byId.length;
  for (const member of [...byId].sort((a, b) => b.generation - a.generation)) {
    for (const claim of member.owned) {
      const wanted = free.get(keyOf(claim));
      if (wanted === undefined || !member.topics.includes(wanted.topic)) continue;
      const size = share(member).length;
      if (size > floor || (size === floor && above === 0)) continue;
      if (size === floor) above--;
      share(member).push(wanted);
      free.delete(keyOf(wanted));
    }
  }
  for (const partition of free.values()) {
    const takers = byId.filter((member) => member.topics.includes(partition.topic));
    const least = takers.reduce<Claimant | undefined>(
      (best, member) => (best === undefined || share(member).length < share(best).length ? member : best),
      undefined,
    );
    if (least !== undefined) share(least).push(partition);
  }
  return shares;
}
