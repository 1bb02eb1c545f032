import { ResonantError, type Topic } from '@resonant/contracts';
import { partitionOfKey } from '../murmur2.ts';
import type { CommittedOffset, NewRecord, TopicPartition } from '../port.ts';
import { MemoryGroup } from './group.ts';
import { MemoryPartition } from './partition.ts';
import { MemoryRegistry } from './registry.ts';
import { realScheduler, type Scheduler } from './scheduler.ts';
import { MemoryTransactions } from './transactions.ts';

/** `offset.metadata.max.bytes` of a broker. */
const metadataLimit = 4096;

interface MemoryTopic {
  readonly topic: Topic;
  readonly partitions: readonly MemoryPartition[];
}

const unknownTopic = (name: string): ResonantError =>
  new ResonantError('log-unavailable', `topic ${name} does not exist; create the topics first`);

/** What several in-memory logs share when they play several processes: topics, groups, transactions, schemas. */
export class MemoryBroker {
  readonly clusterId = 'memory';
  readonly scheduler: Scheduler;
  readonly registry = new MemoryRegistry();
  readonly transactions: MemoryTransactions;
  readonly #topics = new Map<string, MemoryTopic>();
  readonly #groups = new Map<string, MemoryGroup>();
  readonly #committed = new Map<string, Map<string, CommittedOffset>>();
  #roundRobin = 0;
  #members = 0;

  constructor(scheduler: Scheduler = realScheduler) {
    this.scheduler = scheduler;
    this.transactions = new MemoryTransactions(this);
  }

  createTopic(topic: Topic, partitions: number): void {
    const existing = this.#topics.get(topic.name)?.partitions.length;
    if (existing !== undefined && existing !== partitions) {
      throw new ResonantError(
        'invalid-configuration',
        `topic ${topic.name} has ${existing} partitions, expected ${partitions}; the count cannot be changed`,
      );
    }
    if (existing !== undefined) return;
    const made = Array.from(
      { length: partitions },
      (_, partition) => new MemoryPartition({ topic: topic.name, partition }),
    );
    this.#topics.set(topic.name, { topic, partitions: made });
  }

  partitions(topic: string): readonly MemoryPartition[] {
    const known = this.#topics.get(topic);
    if (known === undefined) throw unknownTopic(topic);
    return known.partitions;
  }

  partition({ topic, partition }: TopicPartition): MemoryPartition {
    const known = this.partitions(topic)[partition];
    if (known === undefined)
      throw new ResonantError('log-unavailable', `there is no partition ${partition} of ${topic}`);
    return known;
  }

  /** Where a record goes; throws for what the real broker refuses. */
  partitionFor(record: NewRecord): MemoryPartition {
    const known = this.#topics.get(record.topic);
    if (known === undefined) throw unknownTopic(record.topic);
    if (known.topic.cleanup === 'compact' && record.key === null) {
      throw new ResonantError('log-unavailable', `${record.topic} is compacted: a record needs a key`);
    }
    const count = known.partitions.length;
    const chosen =
      record.partition ??
      (record.key === null ? this.#roundRobin++ % count : partitionOfKey(Buffer.from(record.key as Buffer), count));
    return this.partition({ topic: record.topic, partition: chosen });
  }

  nextMemberId(): string {
    return `member-${String(++this.#members).padStart(6, '0')}`;
  }

  group(name: string): MemoryGroup {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new MemoryGroup(name, this);
      this.#groups.set(name, group);
    }
    return group;
  }

  groupNames(): readonly string[] {
    const names = new Set(this.#committed.keys());
    for (const [name, group] of this.#groups) if (group.size > 0) names.add(name);
    return [...names].sort();
  }

  /** Throws for what the real broker refuses of a commit. */
  checkOffset({ topic, partition, metadata = '' }: CommittedOffset): void {
    this.partition({ topic, partition });
    if (Buffer.byteLength(metadata) > metadataLimit) {
      throw new ResonantError('log-unavailable', `offset metadata is longer than ${metadataLimit} bytes`);
    }
  }

  commit(group: string, offset: CommittedOffset): void {
    const offsets = this.#committed.get(group) ?? new Map<string, CommittedOffset>();
    offsets.set(`${offset.topic}/${offset.partition}`, offset);
    this.#committed.set(group, offsets);
  }

  forgetOffsets(group: string): void {
    this.#committed.delete(group);
  }

  committed(group: string, { topic, partition }: TopicPartition): CommittedOffset | undefined {
    return this.#committed.get(group)?.get(`${topic}/${partition}`);
  }
}
