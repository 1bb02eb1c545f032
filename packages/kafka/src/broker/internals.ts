import { createRequire } from 'node:module';
import type { ISocketFactory, Logger, RetryOptions } from 'kafkajs';

// The client's consumer runs everything in one loop: a slow partition holds up the others, and a rebalance has no hook.
// Readers here are built on its wire layer instead; these are the parts of it that they use (kafkajs 2.2.4, pinned).

export interface WireRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[]>>;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

export interface WirePartition {
  readonly partition: number;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
  /** `nextOffset` is set by our patch of the client: behind the last complete batch. */
  readonly messages: readonly WireRecord[] & { readonly nextOffset?: number };
}

interface TopicPartitions<P> {
  readonly topic: string;
  readonly partitions: readonly P[];
}

export interface Broker {
  fetch(request: {
    isolationLevel: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: readonly TopicPartitions<{ partition: number; fetchOffset: string; maxBytes: number }>[];
  }): Promise<{ responses: readonly { topicName: string; partitions: readonly WirePartition[] }[] }>;
  joinGroup(request: {
    groupId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    memberId: string;
    /** Static membership; our patch of the client passes it on, here and below. */
    groupInstanceId: string | null;
    groupProtocols: readonly { name: string; metadata: Buffer }[];
  }): Promise<{
    generationId: number;
    leaderId: string;
    memberId: string;
    members: readonly { memberId: string; memberMetadata: Buffer }[];
  }>;
  syncGroup(request: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupInstanceId: string | null;
    groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ memberAssignment: Buffer }>;
  listOffsets(request: {
    isolationLevel: number;
    topics: readonly TopicPartitions<{ partition: number; timestamp: number }>[];
  }): Promise<{ responses: readonly TopicPartitions<{ partition: number; offset: string }>[] }>;
  heartbeat(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    groupInstanceId: string | null;
  }): Promise<unknown>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
  offsetCommit(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: readonly TopicPartitions<{ partition: number; offset: string; metadata: string | null }>[];
  }): Promise<unknown>;
  offsetFetch(request: {
    groupId: string;
    topics: readonly TopicPartitions<{ partition: number }>[];
  }): Promise<{ responses: readonly TopicPartitions<{ partition: number; offset: string }>[] }>;
}

export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  findBroker(node: { nodeId: number }): Promise<Broker>;
  findGroupCoordinator(group: { groupId: string }): Promise<Broker>;
}

interface ClusterOptions {
  logger: Logger;
  socketFactory: ISocketFactory;
  brokers: readonly string[];
  clientId: string;
  connectionTimeout: number;
  requestTimeout: number;
  enforceRequestTimeout: boolean;
  metadataMaxAge: number;
  retry: RetryOptions;
  allowAutoTopicCreation: boolean;
  maxInFlightRequests: null;
  isolationLevel: number;
}

const require = createRequire(import.meta.url);

export const WireCluster = require('kafkajs/src/cluster/index.js') as new (options: ClusterOptions) => Cluster;

export const { MemberAssignment, MemberMetadata } = require('kafkajs/src/consumer/assignerProtocol.js') as {
  MemberMetadata: {
    encode(metadata: { version: number; topics: readonly string[]; userData: Buffer }): Buffer;
    decode(bytes: Buffer): { topics: readonly string[]; userData: Buffer | null };
  };
  MemberAssignment: {
    encode(assignment: { version: number; assignment: Readonly<Record<string, readonly number[]>> }): Buffer;
    decode(bytes: Buffer): { assignment: Readonly<Record<string, readonly number[]>> } | null;
  };
};

/** The protocol's isolation levels. */
export const isolationLevel = { read_uncommitted: 0, read_committed: 1 } as const;
