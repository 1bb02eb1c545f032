import type { StartAt, TopicPartition } from '../port.ts';
import { type Cluster, isolationLevel } from './internals.ts';

type Isolation = keyof typeof isolationLevel;

/** What the protocol calls the ends of a partition, where else an instant stands. */
export const earliest = -2;
export const latest = -1;

/**
 * Offsets of partitions of a topic: `earliest`, `latest` (to `read_committed` the first offset of an open transaction),
 * or the first since an instant, -1 where there is none.
 */
export async function offsetsAt(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  timestamp: number,
  isolation: Isolation,
): Promise<ReadonlyMap<number, number>> {
  const leaders = new Map(
    cluster.findTopicPartitionMetadata(topic).map(({ partitionId, leader }) => [partitionId, leader]),
  );
  const byLeader = Map.groupBy(partitions, (partition) => leaders.get(partition) ?? -1);
  const answers = await Promise.all(
    [...byLeader].map(async ([nodeId, led]) => {
      const broker = await cluster.findBroker({ nodeId });
      const asked = { topic, partitions: led.map((partition) => ({ partition, timestamp })) };
      const { responses } = await broker.listOffsets({ isolationLevel: isolationLevel[isolation], topics: [asked] });
      return responses.flatMap((answer) => answer.partitions);
    }),
  );
  return new Map(answers.flat().map(({ partition, offset }) => [partition, Number(offset)]));
}

/** A topic's partitions in ascending order. */
export async function partitionsOf(cluster: Cluster, topic: string): Promise<readonly number[]> {
  await cluster.addMultipleTargetTopics([topic]);
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
  return partitions.sort((a, b) => a - b);
}

/** Offset of the first record since `timestamp`; the next offset where there is none. */
export async function offsetsSince(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  timestamp: number,
  isolation: Isolation,
): Promise<ReadonlyMap<number, number>> {
  const ends = await offsetsAt(cluster, topic, partitions, latest, isolation);
  const found = await offsetsAt(cluster, topic, partitions, timestamp, isolation);
  return new Map(
    [...ends].map(([partition, end]) => {
      const offset = found.get(partition) ?? -1;
      return [partition, offset < 0 ? end : offset];
    }),
  );
}

/** The offset that a start position means; without a committed offset, `committed` is the beginning. */
export async function startOffset(
  cluster: Cluster,
  group: string,
  { topic, partition }: TopicPartition,
  start: StartAt,
  isolation: Isolation,
): Promise<number> {
  if (typeof start === 'object') return start.offset;
  if (start === 'committed') {
    const coordinator = await cluster.findGroupCoordinator({ groupId: group });
    const { responses } = await coordinator.offsetFetch({
      groupId: group,
      topics: [{ topic, partitions: [{ partition }] }],
    });
    const offset = Number(responses[0]?.partitions[0]?.offset ?? -1);
    if (offset >= 0) return offset;
  }
  const end = start === 'latest' ? latest : earliest;
  const offsets = await offsetsAt(cluster, topic, [partition], end, isolation);
  return offsets.get(partition) as number;
}
