import { failure } from '../failure.ts';
import type { CommittedOffset, GroupHandler, GroupMember, Log, TopicPartition } from '../port.ts';
import type { Client, LogFunction } from './client.ts';
import { logError } from './errors.ts';
import { Fetcher } from './fetcher.ts';
import { GroupSession } from './group-session.ts';
import { startOffset } from './offsets.ts';
import { isMoving, rideOver } from './ride-over.ts';

const defaultSessionTimeoutMs = 10_000;
const beginLimitMs = 15_000;

/** A group member: the session says what is ours, the fetcher reads it. */
export class BrokerMember implements GroupMember {
  readonly #group: string;
  readonly #topics: readonly string[];
  readonly #handler: GroupHandler;
  readonly #isolation: 'read_committed' | 'read_uncommitted';
  readonly #fetcher: Fetcher;
  readonly #session: GroupSession;
  readonly #failure = failure();
  /** What is owned, by name. An entry lasts from `assigned` to `lost`: who awaits across its end finds out. */
  readonly #owned = new Map<string, TopicPartition>();

  constructor(open: () => Client, options: Parameters<Log['join']>[0], onLog: LogFunction) {
    this.#group = options.group;
    this.#topics = options.topics;
    this.#handler = options.handler;
    this.#isolation = options.isolation ?? 'read_committed';
    this.#fetcher = new Fetcher(open, this.#isolation, onLog);
    this.#session = new GroupSession({
      open,
      group: options.group,
      topics: options.topics,
      sessionTimeoutMs: options.sessionTimeoutMs ?? defaultSessionTimeoutMs,
      instanceId: options.instanceId ?? null,
      onLog,
      assigned: (partitions) => this.#take(partitions),
      lost: () => this.#lose(),
      failed: (error) => this.#failure.fail(error),
    });
  }

  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  async start(): Promise<void> {
    try {
      await rideOver(beginLimitMs, () => this.#fetcher.start(this.#topics), isMoving);
      await this.#session.start();
    } catch (error) {
      await this.leave();
      throw logError(error, `joining ${this.#group}`);
    }
  }

  commit(offset: CommittedOffset): Promise<void> {
    return this.#session.commit(offset);
  }

  restart(partition: TopicPartition): void {
    const at = this.#owned.get(nameOf(partition));
    if (at === undefined) return;
    this.#owned.delete(nameOf(at));
    this.#fetcher.remove(at);
    this.#handler.lost(at);
    this.#own({ ...at });
  }

  proveMembership(): Promise<void> {
    return this.#session.prove();
  }

  async leave(): Promise<void> {
    await this.#session.leave();
    await this.#fetcher.stop();
  }

  #take(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) this.#own(at);
  }

  #own(at: TopicPartition): void {
    const slot = this.#fetcher.add(at, {
      deliver: (records, nextOffset) => this.#handler.records(at, records, nextOffset),
      failed: (error) => this.#failure.fail(error),
    });
    this.#owned.set(nameOf(at), at);
    void this.#begin(at, slot, () => this.#owned.get(nameOf(at)) === at);
  }

  async #begin(at: TopicPartition, slot: { begin(position: number): void }, current: () => boolean): Promise<void> {
    try {
      const start = await this.#handler.assigned(at);
      if (!current()) return;
      const position = await startOffset(this.#fetcher.cluster, this.#group, at, start, this.#isolation);
      if (current()) slot.begin(position);
    } catch (error) {
      if (current()) this.#session.rejoin(error);
    }
  }

  #lose(): void {
    this.#fetcher.clear();
    const lost = [...this.#owned.values()];
    this.#owned.clear();
    for (const at of lost) this.#handler.lost(at);
  }
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
