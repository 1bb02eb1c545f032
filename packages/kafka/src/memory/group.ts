import { ResonantError } from '@resonant/contracts';
import { assign } from '../assignment.ts';
import type { CommittedOffset, TopicPartition } from '../port.ts';
import type { MemoryBroker } from './broker.ts';

/** How long a rebalance waits for members before it goes on without them, in ms. */
const rebalanceTimeoutMs = 10_000;

/** A member as its group sees it. */
export interface Claim {
  /** Changes when a member starts over after the group has gone on without it. */
  readonly memberId: string;
  /** Static membership: who joins under the same id takes over at once. */
  readonly instanceId: string | undefined;
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartition[];
  /** Generation in which it was told what it owned. */
  readonly generation: number;
  readonly sessionTimeoutMs: number;
  /** The group rebalances: join again. */
  readonly rebalancing: () => void;
}

/** What a member is told when a rebalance ends. */
export interface Share {
  readonly generation: number;
  readonly partitions: readonly TopicPartition[];
}

interface Seat {
  claim: Claim;
  share: Share | undefined;
  heardAt: number;
  cancelSession: () => void;
  /** Set while the member waits for the others. */
  joining: PromiseWithResolvers<Share> | undefined;
}

const gone = (group: string): ResonantError => new ResonantError('fenced', `no longer a member of ${group}`);

/**
 * The coordinator of a consumer group, eager: every change of members has all of them give up what they own and join
 * again; it ends when all have, or without those who did not in time. Who is silent for its session loses its place.
 */
export class MemoryGroup {
  readonly name: string;
  readonly #broker: MemoryBroker;
  readonly #seats = new Map<string, Seat>();
  #generation = 0;
  #cancelDeadline: (() => void) | undefined;

  constructor(name: string, broker: MemoryBroker) {
    this.name = name;
    this.#broker = broker;
  }

  get size(): number {
    return this.#seats.size;
  }

  get #isRebalancing(): boolean {
    return this.#cancelDeadline !== undefined;
  }

  /** Resolves with the member's share when the rebalance that it causes has ended; rejects with `fenced` if it left. */
  join(claim: Claim): Promise<Share> {
    const former = this.#holderOf(claim.instanceId);
    if (former !== undefined && former.claim.memberId !== claim.memberId) return this.#replace(former, claim);
    let seat = this.#seats.get(claim.memberId);
    if (seat === undefined) {
      seat = { claim, share: undefined, heardAt: 0, cancelSession: () => undefined, joining: undefined };
      this.#seats.set(claim.memberId, seat);
    }
    seat.claim = claim;
    return this.#wait(seat);
  }

  /** Whether the member still belongs to the group, and whether it has to join again. */
  heartbeat(memberId: string, generation: number): 'stable' | 'rebalancing' | 'unknown' {
    const seat = this.#seats.get(memberId);
    if (seat === undefined) return 'unknown';
    seat.heardAt = this.#broker.scheduler.now();
    if (this.#isRebalancing) return 'rebalancing';
    return generation === this.#generation ? 'stable' : 'unknown';
  }

  /** Throws `fenced`, having committed nothing, for who is not a member or of a generation that has passed. */
  commit(memberId: string, generation: number, offset: CommittedOffset): void {
    if (!this.#seats.has(memberId) || generation !== this.#generation) throw gone(this.name);
    this.#broker.checkOffset(offset);
    this.#broker.commit(this.name, offset);
  }

  leave(memberId: string): void {
    const seat = this.#seats.get(memberId);
    if (seat === undefined) return;
    this.#remove(seat);
    this.rebalance();
  }

  /** Has every member give up what it owns and join again. */
  rebalance(): void {
    if (!this.#isRebalancing) {
      this.#cancelDeadline = this.#broker.scheduler.after(rebalanceTimeoutMs, () => this.#goOnWithoutTheLate());
      for (const { claim, joining } of this.#seats.values()) if (joining === undefined) claim.rebalancing();
    }
    this.#endIfComplete();
  }

  /** Whether a member of this static id is there. */
  isHeld(instanceId: string): boolean {
    return this.#holderOf(instanceId) !== undefined;
  }

  #holderOf(instanceId: string | undefined): Seat | undefined {
    if (instanceId === undefined) return undefined;
    return [...this.#seats.values()].find(({ claim }) => claim.instanceId === instanceId);
  }

  /** Static membership: the newcomer has the share of the one it replaces, and nobody else notices. */
  #replace(former: Seat, claim: Claim): Promise<Share> {
    this.#remove(former);
    const seat: Seat = { ...former, claim, joining: undefined };
    this.#seats.set(claim.memberId, seat);
    if (this.#isRebalancing || seat.share === undefined) return this.#wait(seat);
    this.#watch(seat);
    return Promise.resolve(seat.share);
  }

  #wait(seat: Seat): Promise<Share> {
    seat.cancelSession();
    seat.joining?.reject(gone(this.name));
    const joining = Promise.withResolvers<Share>();
    joining.promise.catch(() => undefined);
    seat.joining = joining;
    this.rebalance();
    return joining.promise;
  }

  #remove(seat: Seat): void {
    seat.cancelSession();
    seat.joining?.reject(gone(this.name));
    this.#seats.delete(seat.claim.memberId);
  }

  #goOnWithoutTheLate(): void {
    for (const seat of [...this.#seats.values()]) if (seat.joining === undefined) this.#remove(seat);
    this.#endIfComplete();
  }

  #endIfComplete(): void {
    const seats = [...this.#seats.values()];
    if (!this.#isRebalancing || seats.some(({ joining }) => joining === undefined)) return;
    this.#cancelDeadline?.();
    this.#cancelDeadline = undefined;
    this.#generation++;
    const topics = [...new Set(seats.flatMap(({ claim }) => claim.topics))].sort();
    const shares = assign(
      seats.map(({ claim: { memberId, ...claim } }) => ({ id: memberId, ...claim })),
      topics.flatMap((topic) => this.#broker.partitions(topic).map(({ at }) => at)),
    );
    for (const seat of seats) {
      seat.share = { generation: this.#generation, partitions: shares.get(seat.claim.memberId) ?? [] };
      seat.joining?.resolve(seat.share);
      seat.joining = undefined;
      this.#watch(seat);
    }
  }

  /** Ends the membership when nothing was heard for the session timeout. */
  #watch(seat: Seat): void {
    const { scheduler } = this.#broker;
    const { sessionTimeoutMs, memberId } = seat.claim;
    seat.heardAt = scheduler.now();
    const look = (): void => {
      const left = seat.heardAt + sessionTimeoutMs - scheduler.now();
      if (left <= 0) this.leave(memberId);
      else seat.cancelSession = scheduler.after(left, look);
    };
    seat.cancelSession();
    seat.cancelSession = scheduler.after(sessionTimeoutMs, look);
  }
}
