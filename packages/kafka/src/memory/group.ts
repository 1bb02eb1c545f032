import { ResonantError } from '@resonant/contracts';
import { assign } from '../assignment.ts';
import { failure } from '../failure.ts';
import type { GroupHandler, GroupMember, Log, TopicPartition } from '../port.ts';
import type { MemoryBroker } from './broker.ts';
import { pump, startOffset } from './pump.ts';

/** After a start position could not be found, in ms. */
const rejoinAfter = 100;

/** A consumer group: every change of members takes everything away and assigns it anew (eager). */
export class MemoryGroup {
  readonly name: string;
  readonly #broker: MemoryBroker;
  #members: MemoryMember[] = [];
  #generation = 0;

  constructor(name: string, broker: MemoryBroker) {
    this.name = name;
    this.#broker = broker;
  }

  get size(): number {
    return this.#members.length;
  }

  has(member: MemoryMember): boolean {
    return this.#members.includes(member);
  }

  add(member: MemoryMember): void {
    this.#members = [...this.#members, member];
    this.#rebalance();
  }

  remove(member: MemoryMember): void {
    if (!this.has(member)) return;
    this.#members = this.#members.filter((other) => other !== member);
    this.#rebalance();
  }

  #rebalance(): void {
    this.#generation++;
    const claimants = this.#members.map(({ id, topics, owned }) => ({
      id,
      topics,
      owned,
      generation: this.#generation,
    }));
    for (const member of this.#members) member.revoke();
    const topics = [...new Set(this.#members.flatMap((member) => member.topics))].sort();
    const shares = assign(
      claimants,
      topics.flatMap((topic) => this.#broker.partitions(topic).map(({ at }) => at)),
    );
    for (const member of this.#members) member.take(shares.get(member.id) ?? []);
  }
}

type JoinOptions = Parameters<Log['join']>[0];

/** One member; it reads each of its partitions in a loop of its own. */
export class MemoryMember implements GroupMember {
  readonly id: string;
  readonly topics: readonly string[];
  owned: readonly TopicPartition[] = [];
  readonly #broker: MemoryBroker;
  readonly #group: MemoryGroup;
  readonly #handler: GroupHandler;
  readonly #options: JoinOptions;
  readonly #failure = failure();
  #assignment = new AbortController();
  #announced: TopicPartition[] = [];
  #gone = false;

  constructor(broker: MemoryBroker, id: string, options: JoinOptions) {
    this.#broker = broker;
    this.id = id;
    this.topics = options.topics;
    this.#group = broker.group(options.group);
    this.#handler = options.handler;
    this.#options = options;
  }

  get #isolation(): 'read_committed' | 'read_uncommitted' {
    return this.#options.isolation ?? 'read_committed';
  }

  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  join(): void {
    this.#group.add(this);
  }

  async proveMembership(): Promise<void> {
    await this.#broker.scheduler.step('heartbeat');
    if (this.#gone || !this.#group.has(this)) {
      throw new ResonantError('fenced', `no longer a member of ${this.#group.name}`);
    }
  }

  async leave(): Promise<void> {
    this.#gone = true;
    this.revoke();
    this.#group.remove(this);
  }

  /** Falls silent as a killed process does: the group notices after the session timeout. */
  kill(): void {
    this.#gone = true;
    this.#assignment.abort();
    this.#announced = [];
    this.#broker.scheduler.after(this.#options.sessionTimeoutMs ?? 10_000, () => this.#group.remove(this));
  }

  revoke(): void {
    this.#assignment.abort();
    const announced = this.#announced;
    this.#announced = [];
    for (const partition of announced) this.#handler.lost(partition);
  }

  take(partitions: readonly TopicPartition[]): void {
    this.owned = partitions;
    if (this.#gone) return;
    this.#assignment = new AbortController();
    for (const partition of partitions) void this.#own(partition, this.#assignment.signal);
  }

  async #own(at: TopicPartition, signal: AbortSignal): Promise<void> {
    await this.#broker.scheduler.step('assigned');
    if (signal.aborted) return;
    const from = await this.#start(at, signal);
    if (from === undefined || signal.aborted) return;
    try {
      await pump({
        broker: this.#broker,
        partition: this.#broker.partition(at),
        from,
        isolation: this.#isolation,
        signal,
        deliver: (records, nextOffset) => this.#handler.records(at, records, nextOffset),
      });
    } catch (error) {
      if (!signal.aborted) this.#failure.fail(error);
    }
  }

  async #start(at: TopicPartition, signal: AbortSignal): Promise<number | undefined> {
    this.#announced.push(at);
    try {
      const start = await this.#handler.assigned(at);
      const source = { broker: this.#broker, partition: this.#broker.partition(at), isolation: this.#isolation };
      return startOffset(source, this.#group.name, start);
    } catch {
      // the port's promise: who cannot find its start position leaves and joins again
      if (!signal.aborted) this.#rejoin();
      return undefined;
    }
  }

  #rejoin(): void {
    this.revoke();
    this.owned = [];
    this.#group.remove(this);
    this.#broker.scheduler.after(rejoinAfter, () => {
      if (!this.#gone) this.#group.add(this);
    });
  }
}
