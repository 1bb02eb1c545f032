import { type Wake, wakeOf } from '../patterns/wakes.ts';
import type { CompiledRule } from '../rule.ts';
import type { Status } from './breaker.ts';
import { CountSeries, type Sums } from './counts.ts';
import type { Arrival, LateArrivals } from './late-arrivals.ts';
import type { Member } from './member.ts';
import type { Joint, Series, Totals } from './meter.ts';
import { Presence } from './presence.ts';

/** Members whose windows hold the same counts: at one instant they have one status. */
export interface Peers<S extends Series> extends Sums {
  /** At the last instant at which the cohort was looked at. */
  status: Status;
  readonly members: Set<Member<S>>;
}

/** A signal that came when instants it belongs to were decided. */
export interface LateCount<S extends Series> extends Sums {
  readonly member: Member<S>;
  /** When it occurred. */
  readonly at: number;
  /** Null if it counts at every instant that can be looked at. */
  readonly arrival: Arrival | null;
  /** Instants from here up to, not including, `until` are to be decided again. */
  readonly from: number;
  readonly until: number;
}

/**
 * Subjects that are compared with each other, as one version of a rule sees them (rules.md 3.2). It keeps what its
 * members add up to, signal by signal, and its members by what their windows hold; so an instant costs one comparison
 * for each pair of counts that occurs, and only members whose status changes are visited.
 */
export class Cohort<S extends Series> {
  readonly key: string;
  readonly rule: CompiledRule;
  readonly members = new Set<Member<S>>();
  /** Members some of whose signals do not count at every instant that can be looked at; the sums are without these. */
  readonly #belated = new Set<Member<S>>();
  /** The next instant at which its sums may be others. */
  readonly wake: Wake<Cohort<S>> = wakeOf<Cohort<S>>(this);
  /** Late signals of this tick. */
  late: LateCount<S>[] = [];
  readonly #joint: Joint<S>;
  readonly #late: LateArrivals<S>;
  readonly #window: number;
  readonly #sums: CountSeries;
  readonly #presence: Presence;
  readonly #peers = new Map<number | string, Peers<S>>();
  #totals: Totals | null = null;
  #totalsAt = Number.NaN;
  #seen: Totals | null = null;

  constructor(key: string, rule: CompiledRule, joint: Joint<S>, late: LateArrivals<S>, grain: number) {
    this.key = key;
    this.rule = rule;
    this.#joint = joint;
    this.#late = late;
    this.#window = joint.window(rule);
    this.#sums = new CountSeries(grain);
    this.#presence = new Presence(grain, this.#window);
  }

  get grain(): number {
    return this.#sums.grain;
  }

  get window(): number {
    return this.#window;
  }

  /** Counts a signal of a member whose own series does not hold it yet. */
  add(series: CountSeries, at: number, n: number, d: number): void {
    if (d > 0) this.#presence.add(series, at);
    this.#sums.add(at, n, d);
    this.#totals = null;
  }

  /** What the members add up to at an instant. */
  totals(at: number): Totals {
    if (this.#totals === null || this.#totalsAt !== at) {
      const { n, d } = this.#sums.sums(at - this.#window, at);
      this.#totals = this.#withBelated({ n, d, members: this.#presence.at(at) }, at);
      this.#totalsAt = at;
    }
    return this.#totals;
  }

  #withBelated(totals: Totals, at: number): Totals {
    let { n, d, members } = totals;
    for (const member of this.#belated) {
      const settled = this.#joint.counts(member.series).sums(at - this.#window, at);
      const all = this.sumsOf(member, at);
      n += all.n - settled.n;
      d += all.d - settled.d;
      if (settled.d === 0 && all.d > 0) members++;
    }
    return { n, d, members };
  }

  /** What a member's window holds at an instant. */
  sumsOf(member: Member<S>, at: number): Sums {
    return this.#joint.counts(this.#late.at(member, at).series).sums(at - this.#window, at);
  }

  /** The earliest time after the instant `at` from which the window of a member may hold others. */
  memberChangesAfter(member: Member<S>, at: number): number {
    const series = this.#joint.counts(this.#late.at(member, at).series);
    return Math.min(series.changesAfter(at, this.#window, 0), this.#late.changesAfter(member, at));
  }

  /** Start of the first bucket; +∞ = none. */
  first(): number {
    let first = this.#sums.first();
    for (const { late } of this.#belated) for (const { firstAt } of late) first = Math.min(first, firstAt);
    return first;
  }

  /** The earliest time after `at` from which the sums may be others if no signal comes. */
  changesAfter(at: number): number {
    let next = this.#sums.changesAfter(at, this.#window, 0);
    for (const member of this.#belated) next = Math.min(next, this.memberChangesAfter(member, at));
    return next;
  }

  /** Takes note that signals of a member have come late, or that none of them lies apart any more. */
  recount(member: Member<S>): void {
    if (member.late.length > 0) this.#belated.add(member);
    else this.#belated.delete(member);
    this.#totals = null;
  }

  /** Takes note of what a member's window holds now; one without enough data is unknown, whatever the others do. */
  place(member: Member<S>, own: Sums, status: Status): void {
    const key = this.#joint.enough(this.rule, own) ? keyOf(own) : undefined;
    const { peers } = member;
    if (
      key !== undefined &&
      peers !== null &&
      peers.n === own.n &&
      peers.d === own.d &&
      this.#peers.get(key) === peers
    ) {
      member.status = status;
      return;
    }
    leave(member);
    if (key === undefined) return;
    let here = this.#peers.get(key);
    if (here === undefined || here.members.size === 0) {
      here = { n: own.n, d: own.d, status, members: new Set() };
      this.#peers.set(key, here);
    }
    here.members.add(member);
    member.peers = here;
    member.status = status;
  }

  /** Looks at the instant `at`; returns the members whose status has changed. */
  look(at: number): Member<S>[] {
    const totals = this.totals(at);
    const seen = this.#seen;
    const changed: Member<S>[] = [];
    if (seen !== null && seen.n === totals.n && seen.d === totals.d && seen.members === totals.members) return changed;
    this.#seen = totals;
    for (const [key, peers] of this.#peers) {
      if (peers.members.size === 0) {
        this.#peers.delete(key);
        continue;
      }
      const status = this.#joint.status(this.rule, peers, totals);
      if (status === peers.status) continue;
      peers.status = status;
      for (const member of peers.members) if (member.status !== status) changed.push(member);
    }
    return changed;
  }

  /** Takes every status as that of the instant `at`, after a correction has visited whom it concerns. */
  settle(at: number): void {
    this.#seen = null;
    const totals = this.totals(at);
    for (const peers of this.#peers.values()) {
      peers.status = this.#joint.status(this.rule, peers, totals);
      for (const member of peers.members) member.status = peers.status;
    }
  }

  /** Drops signals from before `needed`. */
  forget(needed: number): void {
    this.#sums.forget(needed);
    this.#presence.forget(needed);
  }
}

const keyOf = ({ n, d }: Sums): number | string => (n < 1 << 21 && d < 0xffffffff ? n * 0x100000000 + d : `${n}/${d}`);

/** Takes a member out of its peers. */
export function leave<S extends Series>(member: Member<S>): void {
  member.peers?.members.delete(member);
  member.peers = null;
  member.status = 'unknown';
}
