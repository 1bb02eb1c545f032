import type { Versions } from '../versions.ts';
import { instantsOf } from './instants.ts';
import type { Member } from './member.ts';
import type { Metered, Series } from './meter.ts';

/** When signals came: what decides at which instants they count. */
export interface Arrival {
  readonly arrivedAt: number;
  /** Instants up to here were decided by then. */
  readonly decidedTo: number;
}

/** Signals of one arrival that came too late for an instant that can still be looked at. */
export interface LateArrival<S extends Series> extends Arrival {
  /** `occurredAt` of the first of them. */
  readonly firstAt: number;
  readonly series: S;
}

/**
 * At which instants signals count (rules.md 3.6): those that were not decided when they arrived, and those within the
 * lateness of the instant's version. What came too late for an instant that can still be looked at lies beside the
 * member's series, by arrival, until none of these instants is left.
 */
export class LateArrivals<S extends Series> {
  readonly #versions: Versions;
  readonly #combined: (a: S, b: S) => S;

  constructor(versions: Versions, combined: (a: S, b: S) => S) {
    this.#versions = versions;
    this.#combined = combined;
  }

  /** Whether what came by an arrival bears on `at`: signals on that instant, an acknowledgement on its own time. */
  counts({ arrivedAt, decidedTo }: Arrival, at: number): boolean {
    if (at > decidedTo) return true;
    return at > this.#versions.forgottenTo && arrivedAt <= at + this.#versions.at(at).lateness;
  }

  /** The first time ≥ at at whose instants they count; +∞ = they count at none that can be decided. */
  firstCounted({ arrivedAt, decidedTo }: Arrival, at: number): number {
    for (const { rule, from, until } of this.#versions.segments()) {
      const first = Math.max(at, from + 1, Math.min(decidedTo + 1, arrivedAt - rule.lateness));
      if (first <= until) return first;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** The last instant after `after` at which they do not count; −∞ = none. */
  lastMissed({ arrivedAt, decidedTo }: Arrival, after = Number.NEGATIVE_INFINITY): number {
    let missed = Number.NEGATIVE_INFINITY;
    for (const { rule, from, until } of this.#versions.segments()) {
      const last = Math.min(until, decidedTo, arrivedAt - rule.lateness - 1);
      if (last <= Math.max(from, after)) continue;
      const instant = instantsOf(rule).upTo(last);
      if (instant > Math.max(from, after)) missed = Math.max(missed, instant);
    }
    return missed;
  }

  /** The member as it counts at an instant. */
  at(member: Member<S>, at: number): Metered<S> {
    if (member.late.length === 0) return member;
    const counting = member.late.filter((arrival) => this.counts(arrival, at));
    const firstAt = Math.min(member.firstAt, ...counting.map((arrival) => arrival.firstAt));
    return { subject: member.subject, series: this.#seriesOf(member, counting), firstAt };
  }

  /** The earliest time after `at` from which other late signals count than at `at`. */
  changesAfter(member: Member<S>, at: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { arrivedAt, decidedTo } of member.late) {
      if (decidedTo >= at) next = Math.min(next, decidedTo + 1);
      for (const { rule, from } of this.#versions.segments()) {
        const first = Math.max(from + 1, arrivedAt - rule.lateness);
        if (first > at) next = Math.min(next, first);
      }
    }
    return next;
  }

  /** What lies apart for an arrival, to add a signal of `at` to. */
  seriesFor(member: Member<S>, { arrivedAt, decidedTo }: Arrival, at: number, empty: () => S): S {
    const before = member.late.find((each) => each.arrivedAt === arrivedAt && each.decidedTo === decidedTo);
    const series = before?.series ?? empty();
    const firstAt = Math.min(before?.firstAt ?? at, at);
    member.late = [...member.late.filter((each) => each !== before), { arrivedAt, decidedTo, firstAt, series }];
    return series;
  }

  /** Takes from what lies apart all that counts at every instant from `needed` on. */
  settled(member: Member<S>, needed: number): readonly LateArrival<S>[] {
    const { late } = member;
    if (late.length === 0) return late;
    member.late = late.filter((arrival) => this.lastMissed(arrival) >= needed);
    return late.filter((arrival) => !member.late.includes(arrival));
  }

  #seriesOf(member: Member<S>, counting: readonly LateArrival<S>[]): S {
    if (counting.length === 0) return member.series;
    const { combined } = member;
    if (combined !== null && same(combined.counting, counting)) return combined.series;
    const series = counting.reduce((all, arrival) => this.#combined(all, arrival.series), member.series);
    member.combined = { counting, series };
    return series;
  }
}

const same = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);
