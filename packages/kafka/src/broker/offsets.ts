import type { StartAt, TopicPartition } from '../port.ts';
import type { Cluster } from './internals.ts';

/** First or next offset of partitions of a topic, in the isolation of the cluster's connection. */
export async function offsetsAt(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  at: { fromBeginning: boolean } | { fromTimestamp: number },
): Promise<ReadonlyMap<number, number>> {
  const asked = partitions.map((partition) => ({ partition }));
  const [answer] = await cluster.fetchTopicsOffset([{ topic, partitions: asked, ...at }]);
  return new Map((answer?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]));
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
): Promise<ReadonlyMap<number, number>> {
  const ends = await offsetsAt(cluster, topic, partitions, { fromBeginning: false });
  const found = await offsetsAt(cluster, topic, partitions, { fromTimestamp: timestamp });
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
  const offsets = await offsetsAt(cluster, topic, [partition], { fromBeginning: start !== 'latest' });
  return offsets.get(partition) as number;
}
