import type { Topic } from '@resonant/contracts';

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record to append. Without `partition` the key decides (Java-compatible murmur2). */
export interface NewRecord {
  readonly topic: string;
  readonly partition?: number;
  readonly key: Buffer | string | null;
  /** null = tombstone. */
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string | Buffer>>;
}

/** Where a record came to stand. */
export interface Appended extends TopicPartition {
  readonly offset: number;
}

/** A record as read. `key`, `value` and headers are the reader's own memory. */
export interface LogRecord extends TopicPartition {
  readonly offset: number;
  /** Epoch ms; the broker's append time on topics that stamp it. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/**
 * A plain idempotent producer. `send` resolves once the record is durable (acks=all) and rejects with
 * `log-unavailable` if that is unknown or impossible within the producer's time limit. Calls are batched; one request
 * is in flight at a time, so records of one key keep the order of their calls.
 */
export interface Producer {
  send(record: NewRecord): Promise<Appended>;
  /** Appends several records, in their order per partition; resolves when all are durable. */
  sendAll(records: readonly NewRecord[]): Promise<readonly Appended[]>;
  /** Finishes what is under way, then disconnects. */
  close(): Promise<void>;
}

/**
 * The producer of one transactional id. Opening it fences the former holder and ends its open transaction. After any
 * rejection the producer is broken: `close` it and open a new one. Rejects with `fenced` if another holder took over.
 */
export interface TransactionalProducer {
  /** One transaction: sends, offsets, commit, in one burst. Rejects without having committed, or with unknown outcome. */
  commit(transaction: {
    readonly records: readonly NewRecord[];
    readonly offsets?: CommittedOffset & { readonly group: string };
  }): Promise<void>;
  close(): Promise<void>;
}

/** The next offset to read of a partition, with a string of the committer's own. */
export interface CommittedOffset extends TopicPartition {
  readonly offset: number;
  readonly metadata?: string;
}

/** Where one partition is to be read from. */
export type StartAt = { readonly offset: number } | 'committed' | 'earliest' | 'latest';

/** What a group member does with its partitions. All methods may be called for different partitions at once. */
export interface GroupHandler {
  /**
   * The member now owns `partitions` (those it keeps across a rebalance included); no record of a partition is
   * delivered before its promise of a start position resolves. A rejection makes the member leave and join again.
   */
  assigned(partition: TopicPartition): Promise<StartAt>;
  /**
   * Records of one partition in offset order. `nextOffset` is behind the last one, control records and compacted gaps
   * included; `records` may be empty where only such were passed. A rejection ends the member: `failed` rejects with
   * it. Fetching of this partition goes on when the promise resolves; heartbeats go on meanwhile. It must not
   * wait for a rebalance or a shutdown: `lost` comes first.
   */
  records(partition: TopicPartition, records: readonly LogRecord[], nextOffset: number): Promise<void>;
  /** The member no longer owns the partition: abandon what is open. Called before another `assigned`. */
  lost(partition: TopicPartition): void;
}

/** A member of a consumer group. It commits nothing by itself. */
export interface GroupMember {
  /**
   * Commits where the group goes on in a partition that the member owns, with a string of the committer's own (up to
   * 4096 bytes). Rejects with `fenced`, having committed nothing, if the partition is not the member's any more or the
   * group has gone on without it; with `log-unavailable` if the outcome is unknown: the same may be committed again.
   */
  commit(offset: CommittedOffset): Promise<void>;
  /** Begins anew with one partition that the member owns: `lost`, then `assigned`; the others go on. */
  restart(partition: TopicPartition): void;
  /** Resolves after a heartbeat or rejoin that proves membership; rejects with `fenced` if it is gone. */
  proveMembership(): Promise<void>;
  /** Resolves never while the member works; rejects when it cannot go on (the process should exit). */
  readonly failed: Promise<never>;
  /** Leaves the group; `lost` is called for every partition first. */
  leave(): Promise<void>;
}

/** A reader without a group: every partition of a topic (or those named), from given offsets, without end. */
export interface FollowOptions {
  readonly topic: string;
  /** Default: all partitions. */
  readonly partitions?: readonly number[];
  /** First offset of each partition; default `earliest`. A Date-like number is epoch ms: the first record appended since. */
  readonly from?:
    | 'earliest'
    | 'latest'
    | { readonly offsets: ReadonlyMap<number, number> }
    | { readonly timestamp: number };
  /** Default `read_committed`. */
  readonly isolation?: 'read_committed' | 'read_uncommitted';
  /**
   * Records of one partition in offset order, none where only control records were passed; the next batch of that
   * partition waits for the promise. What it throws ends the follower.
   */
  readonly onRecords: (partition: number, records: readonly LogRecord[], nextOffset: number) => Promise<void> | void;
}

export interface Follower {
  /**
   * Resolves when everything that stood in the topic at the start has been handed over; of transactions that were open
   * then, when they have ended.
   */
  readonly caughtUp: Promise<void>;
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** First and next offset of a partition. */
export interface OffsetRange extends TopicPartition {
  /** Smallest offset still kept. */
  readonly earliest: number;
  /** Offset that the next record will get (high watermark). */
  readonly latest: number;
}

export interface Admin {
  /** Names the cluster for good: a new one at the same address has another. */
  clusterId(): Promise<string>;
  /**
   * Creates what is missing and gives what exists the settings without which it cannot be used (largest batch, no
   * compression, who stamps); how long it keeps its records stays as it is. Rejects with `invalid-configuration` if an
   * existing topic has another partition count.
   */
  ensureTopics(topics: readonly Topic[], partitions: number): Promise<void>;
  partitionCount(topic: string): Promise<number>;
  /** Rejects with `log-unavailable` if the topic cannot be asked. */
  offsets(topic: string): Promise<readonly OffsetRange[]>;
  /**
   * Per partition the offset of the first record with a timestamp at or after `timestamp` (epoch ms); the next offset
   * if there is none. Rejects with `log-unavailable` if the topic cannot be asked.
   */
  offsetsSince(topic: string, timestamp: number): Promise<readonly (TopicPartition & { readonly offset: number })[]>;
  /** null offset = nothing committed. */
  committed(
    group: string,
    topic: string,
  ): Promise<readonly (TopicPartition & { readonly offset: number | null; readonly metadata: string })[]>;
  groups(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Ids of schemas by subject, and schemas by id: the schema registry as codecs need it. */
export interface SchemaRegistry {
  /** Registers if new; rejects with `incompatible-schema` if it breaks stored records. */
  register(subject: string, schema: object): Promise<number>;
  /** undefined = no such id. Rejects with `log-unavailable` if the registry is away. */
  schemaById(id: number): Promise<unknown>;
}

/** The log: Kafka, or the in-memory adapter that passes the same conformance suite. */
export interface Log {
  producer(options?: { readonly clientId?: string; readonly timeoutMs?: number }): Promise<Producer>;
  transactionalProducer(
    transactionalId: string,
    options?: { readonly timeoutMs?: number },
  ): Promise<TransactionalProducer>;
  join(options: {
    readonly group: string;
    readonly topics: readonly string[];
    readonly isolation?: 'read_committed' | 'read_uncommitted';
    readonly handler: GroupHandler;
    readonly sessionTimeoutMs?: number;
    /**
     * Static membership: who joins under the id of a member that has died takes over its partitions at once, without a
     * rebalance. Two processes must never have the same; `failed` of the one that was replaced rejects with `fenced`.
     */
    readonly instanceId?: string | undefined;
  }): Promise<GroupMember>;
  follow(options: FollowOptions): Promise<Follower>;
  admin(): Promise<Admin>;
  readonly registry: SchemaRegistry;
  /** Closes every connection opened through this log. */
  close(): Promise<void>;
}
