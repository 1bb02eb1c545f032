import type { ICustomPartitioner, Message, PartitionMetadata } from 'kafkajs';
import { partitionOfKey } from '../murmur2.ts';

/** A partitioner that remembers where it sent a message: a retry must not choose again, and the caller wants to know. */
export interface Placement {
  readonly createPartitioner: ICustomPartitioner;
  partitionOf(message: Message): number | undefined;
}

/** The named partition, else Java's choice by key, else one after the other. */
export function placement(): Placement {
  const chosen = new WeakMap<Message, number>();
  let next = 0;
  const choose = (message: Message, partitions: readonly PartitionMetadata[]): number => {
    if (message.partition !== undefined) return message.partition;
    if (message.key === null || message.key === undefined) return next++ % partitions.length;
    return partitionOfKey(Buffer.from(message.key as Buffer), partitions.length);
  };
  return {
    createPartitioner:
      () =>
      ({ message, partitionMetadata }) => {
        const partition = chosen.get(message) ?? choose(message, partitionMetadata);
        chosen.set(message, partition);
        return partition;
      },
    partitionOf: (message) => chosen.get(message),
  };
}
