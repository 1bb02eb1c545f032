import { isResonantError, ResonantError } from '@resonant/contracts';
import { failure } from '../failure.ts';
import type { CommittedOffset, GroupMember, Log, TopicPartition } from '../port.ts';
import type { MemoryBroker } from './broker.ts';
import type { MemoryGroup } from './group.ts';
import { pump, startOffset } from './pump.ts';
import type { Scheduler } from './scheduler.ts';

/** After a failed attempt to join or to find a start position, in ms. */
const rejoinAfter = 100;
const defaultSessionTimeoutMs = 10_000;

type JoinOptions = Parameters<Log['join']>[0];

/** One member of a group; it reads each of its partitions in a loop of its own. */
export class MemoryMember implements GroupMember {
  readonly #broker: MemoryBroker;
  readonly #scheduler: Scheduler;
  readonly #group: MemoryGroup;
  readonly #options: JoinOptions;
  readonly #sessionTimeoutMs: number;
  readonly #failure = failure();
  #memberId: string;
  #claim: { readonly generation: number; readonly owned: readonly TopicPartition[] } = { generation: -1, owned: [] };
  /** Aborted when what was assigned is no longer ours. */
  #assignment: AbortController | undefined;
  /** What the handler was told that it owns, each with what ends its reading. */
  readonly #owned = new Map<string, { readonly at: TopicPartition; readonly turn: AbortController }>();
  #joined = Promise.withResolvers<void>();
  #gone = false;

  constructor(broker: MemoryBroker, scheduler: Scheduler, options: JoinOptions) {
    this.#broker = broker;
    this.#scheduler = scheduler;
    this.#group = broker.group(options.group);
    this.#options = options;
    this.#sessionTimeoutMs = options.sessionTimeoutMs ?? defaultSessionTimeoutMs;
    this.#memberId = broker.nextMemberId();
  }

  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  /** Resolves when the group has taken the member in. */
  async join(): Promise<void> {
    const { topics, instanceId } = this.#options;
    await this.#scheduler.step('join.request');
    const share = await this.#group.join({
      memberId: this.#memberId,
      instanceId,
      topics,
      ...this.#claim,
      sessionTimeoutMs: this.#sessionTimeoutMs,
      rebalancing: () => this.#hear(),
    });
    await this.#scheduler.step('join.response');
    if (this.#gone) return;
    this.#claim = { generation: share.generation, owned: share.partitions };
    const assignment = new AbortController();
    this.#assignment = assignment;
    this.#beat(assignment.signal);
    for (const partition of share.partitions) void this.#own(partition, assignment);
    this.#joined.resolve();
    this.#joined = Promise.withResolvers();
  }

  async commit(offset: CommittedOffset): Promise<void> {
    const { owned, generation } = this.#claim;
    const memberId = this.#memberId;
    const isOwned = owned.some(({ topic, partition }) => topic === offset.topic && partition === offset.partition);
    if (this.#gone || this.#assignment === undefined || !isOwned) {
      throw new ResonantError(
        'fenced',
        `${offset.topic}/${offset.partition} is not this member's in ${this.#group.name}`,
      );
    }
    await this.#scheduler.step('commit.request');
    this.#group.commit(memberId, generation, offset);
    await this.#scheduler.step('commit.response');
  }

  restart({ topic, partition }: TopicPartition): void {
    const owned = this.#owned.get(`${topic}/${partition}`);
    if (owned === undefined || this.#assignment === undefined) return;
    this.#forget(owned.at);
    void this.#own(owned.at, this.#assignment);
  }

  async proveMembership(): Promise<void> {
    await this.#scheduler.step('heartbeat');
    if (this.#gone) throw new ResonantError('fenced', `no longer a member of ${this.#group.name}`);
    const joined = this.#joined.promise;
    if (this.#assignment === undefined) return joined;
    switch (this.#group.heartbeat(this.#memberId, this.#claim.generation)) {
      case 'stable':
        return;
      case 'rebalancing':
        this.#joinAgain();
        return joined;
      case 'unknown':
        this.#startOver();
        throw new ResonantError('fenced', `no longer a member of ${this.#group.name}`);
    }
  }

  async leave(): Promise<void> {
    if (this.#gone) return;
    this.kill();
    this.#revoke();
    this.#joined.promise.catch(() => undefined);
    this.#joined.reject(new ResonantError('fenced', `has left ${this.#group.name}`));
    // without a word the session ends by itself
    await this.#scheduler.step('leave').then(
      () => this.#group.leave(this.#memberId),
      () => undefined,
    );
  }

  /** Falls silent as a killed process does: the group notices after the session timeout. */
  kill(): void {
    this.#gone = true;
    this.#assignment?.abort();
    for (const { turn } of this.#owned.values()) turn.abort();
  }

  #hear(): void {
    const assignment = this.#assignment;
    this.#scheduler.step('rebalance').then(
      () => {
        if (this.#assignment === assignment) this.#joinAgain();
      },
      () => undefined, // the next heartbeat says it again
    );
  }

  #beat(signal: AbortSignal): void {
    this.#scheduler.after(this.#sessionTimeoutMs / 4, () => {
      if (signal.aborted || this.#gone) return;
      switch (this.#group.heartbeat(this.#memberId, this.#claim.generation)) {
        case 'stable':
          return this.#beat(signal);
        case 'rebalancing':
          return this.#joinAgain();
        case 'unknown':
          return this.#startOver();
      }
    });
  }

  /** The group has gone on without this member; who joins under a static id that another took over would fence it. */
  #startOver(): void {
    if (this.#options.instanceId !== undefined && this.#group.isHeld(this.#options.instanceId)) {
      this.#gone = true;
      this.#revoke();
      this.#failure.fail(
        new ResonantError('fenced', `another process has joined ${this.#group.name} as ${this.#options.instanceId}`),
      );
      return;
    }
    this.#memberId = this.#broker.nextMemberId();
    this.#joinAgain();
  }

  #joinAgain(): void {
    if (this.#gone || this.#assignment === undefined) return;
    this.#revoke();
    this.#tryToJoin();
  }

  #tryToJoin(): void {
    this.join().catch((error: unknown) => {
      if (this.#gone) return;
      if (isResonantError(error, 'fenced')) this.#memberId = this.#broker.nextMemberId();
      this.#scheduler.after(rejoinAfter, () => {
        if (!this.#gone) this.#tryToJoin();
      });
    });
  }

  #revoke(): void {
    this.#assignment?.abort();
    this.#assignment = undefined;
    for (const { at } of [...this.#owned.values()]) this.#forget(at);
  }

  #forget(at: TopicPartition): void {
    const name = `${at.topic}/${at.partition}`;
    this.#owned.get(name)?.turn.abort();
    this.#owned.delete(name);
    this.#options.handler.lost(at);
  }

  async #own(at: TopicPartition, assignment: AbortController): Promise<void> {
    const { handler, isolation = 'read_committed' } = this.#options;
    const turn = new AbortController();
    const { signal } = turn;
    try {
      await this.#scheduler.step('assigned');
      if (assignment.signal.aborted) return;
      this.#owned.set(`${at.topic}/${at.partition}`, { at, turn });
      const start = await handler.assigned(at);
      if (signal.aborted) return;
      const partition = this.#broker.partition(at);
      const from = startOffset({ broker: this.#broker, partition, isolation }, this.#group.name, start);
      void this.#read(at, from, signal);
    } catch {
      // the port's promise: who cannot find its start position leaves and joins again
      if (!signal.aborted) this.#leaveAndJoinAgain();
    }
  }

  async #read(at: TopicPartition, from: number, signal: AbortSignal): Promise<void> {
    const { handler, isolation = 'read_committed' } = this.#options;
    try {
      await pump({
        scheduler: this.#scheduler,
        partition: this.#broker.partition(at),
        from,
        isolation,
        signal,
        deliver: async (records, nextOffset) => {
          await handler.records(at, records, nextOffset);
          if (!signal.aborted && this.#scheduler.redelivers?.()) await handler.records(at, records, nextOffset);
        },
      });
    } catch (error) {
      if (!signal.aborted) this.#failure.fail(error);
    }
  }

  #leaveAndJoinAgain(): void {
    this.#revoke();
    this.#claim = { generation: -1, owned: [] };
    this.#group.leave(this.#memberId);
    this.#memberId = this.#broker.nextMemberId();
    this.#scheduler.after(rejoinAfter, () => {
      if (!this.#gone) this.#tryToJoin();
    });
  }
}
