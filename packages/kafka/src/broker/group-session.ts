import { ResonantError } from '@resonant/contracts';
import type { CommittedOffset, TopicPartition } from '../port.ts';
import type { Client, LogFunction } from './client.ts';
import { logError, protocolType, within } from './errors.ts';
import type { Broker, Cluster } from './internals.ts';
import { decodeAssignment, encodeAssignments, encodeMetadata, protocolName } from './membership.ts';

const backOffMs = { first: 50, most: 1000 };
const rebalanceTimeoutMs = 10_000;
const goodbyeMs = 1000;
const joinLimitMs = 10_000;
const commitLimitMs = 10_000;

export interface GroupSessionOptions {
  readonly open: () => Client;
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  /** Static membership; null = none. */
  readonly instanceId: string | null;
  readonly onLog: LogFunction;
  /** Eager: everything is assigned anew after each rebalance. */
  assigned(partitions: readonly TopicPartition[]): void;
  /** What was assigned is no longer ours, or cannot be known to be. */
  lost(): void;
  /** The member cannot go on. */
  failed(error: ResonantError): void;
}

interface Membership {
  readonly coordinator: Broker;
  readonly memberId: string;
  readonly generationId: number;
}

/** The member is unknown to the group, or of a generation that has passed. */
const goneTypes = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);
/** Another process has joined under the same static id: joining again would throw it out. */
const isReplaced = (error: unknown): boolean => protocolType(error) === 'FENCED_INSTANCE_ID';
const rebalancing = (error: unknown): boolean => protocolType(error) === 'REBALANCE_IN_PROGRESS';
const gone = (error: unknown): boolean => goneTypes.has(protocolType(error) ?? '');

/** Membership in a consumer group: joins, heartbeats on a timer, joins again after every rebalance, until it leaves. */
export class GroupSession {
  readonly #options: GroupSessionOptions;
  #client: Client | undefined;
  #cluster: Cluster | undefined;
  #membership: Membership | undefined;
  #memberId = '';
  #claim: { generation: number; owned: readonly TopicPartition[] } = { generation: -1, owned: [] };
  #joined = Promise.withResolvers<void>();
  #interrupt = Promise.withResolvers<void>();
  #holds = false;
  #stopped = false;
  #rejoinReason: unknown;
  #running: Promise<void> | undefined;

  constructor(options: GroupSessionOptions) {
    this.#options = options;
  }

  /** Resolves when the group has taken the member in. */
  async start(): Promise<void> {
    const deadline = Date.now() + joinLimitMs;
    for (let backOff = backOffMs.first; this.#membership === undefined; backOff *= 2) {
      try {
        await this.#join();
      } catch (error) {
        // right after its start a broker still loads what it knows of groups
        if (isReplaced(error) || Date.now() + backOff > deadline) throw error;
        this.#forgetIfUnknown(error);
        this.#disconnect();
        await pause(backOff);
      }
    }
    this.#running = this.#run();
  }

  /** Resolves after a heartbeat or rejoin; rejects with `fenced` if the group has gone on without this member. */
  async prove(): Promise<void> {
    const membership = this.#membership;
    const joined = this.#joined.promise;
    if (this.#stopped) throw this.#left();
    if (membership === undefined) return joined;
    try {
      await this.#heartbeat(membership);
    } catch (error) {
      this.#interrupt.resolve();
      if (rebalancing(error)) return joined;
      if (gone(error))
        throw new ResonantError('fenced', `no longer a member of ${this.#options.group}`, { cause: error });
      throw logError(error, `heartbeat in ${this.#options.group}`);
    }
  }

  /** Commits as this member; rejects with `fenced` if the partition is not its own or the group has gone on. */
  async commit({ topic, partition, offset, metadata = '' }: CommittedOffset): Promise<void> {
    const { group } = this.#options;
    const membership = this.#membership;
    const isOwned = this.#claim.owned.some((owned) => owned.topic === topic && owned.partition === partition);
    if (membership === undefined || !isOwned) {
      throw new ResonantError('fenced', `${topic}/${partition} is not this member's in ${group}`);
    }
    const { coordinator, memberId, generationId } = membership;
    const partitions = [{ partition, offset: String(offset), metadata }];
    const topics = [{ topic, partitions }];
    const request = { groupId: group, groupGenerationId: generationId, memberId, topics };
    const what = `committing ${topic}/${partition} in ${group}`;
    try {
      await within(commitLimitMs, what, coordinator.offsetCommit(request));
    } catch (error) {
      if (!rebalancing(error) && !gone(error)) throw logError(error, what);
      this.#interrupt.resolve();
      throw new ResonantError('fenced', `${what}: no longer a member, or the group rebalances`, { cause: error });
    }
  }

  #giveUp(cause: unknown): void {
    const { group, instanceId } = this.#options;
    this.#stopped = true;
    const error = new ResonantError('fenced', `another process has joined ${group} as ${instanceId}`, { cause });
    this.#endJoining(error);
    this.#options.failed(error);
  }

  #endJoining(error: ResonantError): void {
    this.#joined.promise.catch(() => undefined); // nobody has to wait for it
    this.#joined.reject(error);
  }

  #left(): ResonantError {
    return new ResonantError('fenced', `has left ${this.#options.group}`);
  }

  /** Leaves and joins again: for who cannot begin with what was assigned. */
  rejoin(reason: unknown): void {
    this.#rejoinReason ??= reason;
    this.#interrupt.resolve();
  }

  async leave(): Promise<void> {
    this.#stopped = true;
    const membership = this.#membership;
    this.#lose();
    this.#interrupt.resolve();
    this.#endJoining(this.#left());
    await this.#sayGoodbye(membership);
    this.#client?.dispose();
    await this.#running;
  }

  async #sayGoodbye(membership: Membership | undefined): Promise<void> {
    if (membership === undefined) return;
    const { group, onLog } = this.#options;
    const leaving = membership.coordinator.leaveGroup({ groupId: group, memberId: membership.memberId });
    await within(goodbyeMs, `leaving ${group}`, leaving).catch((error: Error) => {
      onLog('info', 'left without a word; the session ends by itself', { group, error: error.message });
    });
  }

  async #run(): Promise<void> {
    let backOff = backOffMs.first;
    while (!this.#stopped) {
      try {
        if (this.#membership === undefined) await this.#join();
        backOff = backOffMs.first;
        await this.#stay();
      } catch (error) {
        if (this.#stopped) break;
        this.#lose();
        if (isReplaced(error)) return this.#giveUp(error);
        if (!rebalancing(error)) {
          const { group } = this.#options;
          this.#options.onLog('warn', 'joining the group again', { group, error: (error as Error).message });
        }
        this.#forgetIfUnknown(error);
        if (!rebalancing(error) && !gone(error)) {
          this.#disconnect();
          await pause(backOff);
          backOff = Math.min(backOff * 2, backOffMs.most);
        }
      }
    }
  }

  /** A coordinator that has forgotten the member takes it in again as a new one only. */
  #forgetIfUnknown(error: unknown): void {
    if (protocolType(error) === 'UNKNOWN_MEMBER_ID') this.#memberId = '';
  }

  /** Heartbeats until the membership ends, which it says by throwing. */
  async #stay(): Promise<void> {
    const { sessionTimeoutMs } = this.#options;
    const intervalMs = Math.max(100, Math.min(500, sessionTimeoutMs / 10));
    let provenAt = Date.now();
    while (!this.#stopped) {
      await this.#pauseOrInterrupt(intervalMs);
      if (this.#stopped) return;
      if (this.#rejoinReason !== undefined) await this.#startOver();
      try {
        const sentAt = Date.now();
        await this.#heartbeat(this.#membership as Membership);
        provenAt = sentAt;
      } catch (error) {
        if (rebalancing(error) || gone(error) || Date.now() - provenAt >= sessionTimeoutMs) throw error;
        await this.#findCoordinator(error);
      }
    }
  }

  async #startOver(): Promise<never> {
    const reason = this.#rejoinReason;
    this.#rejoinReason = undefined;
    const membership = this.#membership;
    this.#lose();
    await this.#sayGoodbye(membership);
    this.#memberId = '';
    throw reason;
  }

  async #pauseOrInterrupt(ms: number): Promise<void> {
    const timer = setTimeout(() => this.#interrupt.resolve(), ms);
    await this.#interrupt.promise;
    clearTimeout(timer);
    this.#interrupt = Promise.withResolvers();
  }

  async #heartbeat({ coordinator, memberId, generationId }: Membership): Promise<void> {
    const { group, instanceId } = this.#options;
    const request = { groupId: group, groupGenerationId: generationId, memberId, groupInstanceId: instanceId };
    await coordinator.heartbeat(request);
  }

  /** The coordinator moved or restarted: the membership may live on with it until the session times out. */
  async #findCoordinator(reason: unknown): Promise<void> {
    const { group, onLog } = this.#options;
    onLog('warn', 'the group coordinator does not answer', { group, error: (reason as Error).message });
    this.#disconnect();
    try {
      const cluster = await this.#connect();
      const coordinator = await cluster.findGroupCoordinator({ groupId: group });
      if (this.#membership !== undefined) this.#membership = { ...this.#membership, coordinator };
    } catch (error) {
      onLog('debug', 'the group coordinator was not found', { group, error: (error as Error).message });
    }
  }

  async #connect(): Promise<Cluster> {
    if (this.#cluster !== undefined) return this.#cluster;
    this.#client = this.#options.open();
    const cluster = this.#client.cluster('read_committed');
    await cluster.connect();
    await cluster.addMultipleTargetTopics(this.#options.topics);
    this.#cluster = cluster;
    return cluster;
  }

  #disconnect(): void {
    this.#client?.dispose();
    this.#cluster = undefined;
  }

  async #join(): Promise<void> {
    const { group, topics, sessionTimeoutMs, instanceId } = this.#options;
    const cluster = await this.#connect();
    const coordinator = await cluster.findGroupCoordinator({ groupId: group });
    const joined = await coordinator.joinGroup({
      groupId: group,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      memberId: this.#memberId,
      groupInstanceId: instanceId,
      groupProtocols: [{ name: protocolName, metadata: encodeMetadata(topics, this.#claim) }],
    });
    const { memberId, generationId, leaderId, members } = joined;
    this.#memberId = memberId;
    let groupAssignment: ReturnType<typeof encodeAssignments> = [];
    if (leaderId === memberId) {
      await cluster.refreshMetadata();
      groupAssignment = encodeAssignments(members, partitionsOf(cluster, topics));
    }
    const { memberAssignment } = await coordinator.syncGroup({
      groupId: group,
      generationId,
      memberId,
      groupInstanceId: instanceId,
      groupAssignment,
    });
    if (this.#stopped) return;
    const partitions = decodeAssignment(memberAssignment);
    this.#membership = { coordinator, memberId, generationId };
    this.#claim = { generation: generationId, owned: partitions };
    this.#holds = true;
    this.#options.assigned(partitions);
    this.#joined.resolve();
    this.#joined = Promise.withResolvers();
  }

  #lose(): void {
    this.#membership = undefined;
    if (this.#holds) this.#options.lost();
    this.#holds = false;
  }
}

const partitionsOf = (cluster: Cluster, topics: readonly string[]): TopicPartition[] =>
  topics.flatMap((topic) =>
    cluster
      .findTopicPartitionMetadata(topic)
      .map(({ partitionId }) => ({ topic, partition: partitionId }))
      .sort((a, b) => a.partition - b.partition),
  );

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
