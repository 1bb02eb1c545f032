import { NeededSince } from '../patterns/needed-since.ts';
import { Wakes } from '../patterns/wakes.ts';
import { clockOf } from '../time/calendar.ts';
import type { Versions } from '../versions.ts';
import type { Cohorts } from './cohorts.ts';
import type { LateArrivals } from './late-arrivals.ts';
import { forgetBefore, hiddenSince, isIdle, type Member, stateOf } from './member.ts';
import type { Meter, Series } from './meter.ts';
import type { Retention } from './retention.ts';

const minute = 60_000;

/** What of a rule with instants no correction can need any more, and when to see whether a member is such. */
export class Forgetting<S extends Series, P> {
  readonly #meter: Meter<S, P>;
  readonly #versions: Versions;
  readonly #retention: Retention;
  readonly #late: LateArrivals<S>;
  readonly #cohorts: Cohorts<S> | null;
  readonly #retire = new Wakes<Member<S>>();
  /** Openings that said alerts hide: each may still be said, as its version does. */
  readonly #hidden = new NeededSince();

  constructor(
    meter: Meter<S, P>,
    versions: Versions,
    retention: Retention,
    late: LateArrivals<S>,
    cohorts: Cohorts<S> | null,
  ) {
    this.#meter = meter;
    this.#versions = versions;
    this.#retention = retention;
    this.#late = late;
    this.#cohorts = cohorts;
  }

  /** The earliest tick at which there is a member to look at; +∞ = none. */
  next(): number {
    return this.#retire.next();
  }

  /** Takes a member that is to be looked at by `now`; undefined if there is none. */
  take(now: number): Member<S> | undefined {
    return this.#retire.take(now);
  }

  /** A member that an import brought. */
  adopt(member: Member<S>, now: number): void {
    this.#retire.set(member.retire, now);
    this.#hidden.set(member.key, hiddenSince(member));
  }

  /** Signals of a member lie apart because they are missed at the instant `missed`. */
  expect(member: Member<S>, missed: number): void {
    this.#retire.set(member.retire, Math.min(member.retire.at, this.#retention.releasedAt(missed)));
  }

  /** Drops what no correction can need of a member; true if it is as one that never was, and is let go. */
  forget(member: Member<S>, now: number): boolean {
    const horizon = now - this.#retention.lateness;
    forgetBefore(member, horizon);
    this.#hidden.set(member.key, hiddenSince(member));
    this.#settle(member, now);
    member.series.forget(this.#retention.signalsFrom(now));
    member.combined = null;
    const idle = isIdle(member);
    if (idle && this.#rested(member, horizon) && this.#versions.all().every((each) => this.#meter.forgettable(each))) {
      this.#retire.set(member.retire, Number.POSITIVE_INFINITY);
      return true;
    }
    const last = member.series.size > 0 ? member.series.last() + this.#retention.reach : now;
    const settled = idle && !this.#meter.forgettable(this.#versions.current);
    const retireAt = settled ? Number.POSITIVE_INFINITY : Math.max(last, now) + this.#retention.rest + minute;
    this.#retire.set(
      member.retire,
      Math.min(retireAt, ...member.late.map((arrival) => this.#retention.releasedAt(this.#late.lastMissed(arrival)))),
    );
    return false;
  }

  /** Forgets the versions whose instants can no longer be said anything of. */
  forgetVersions(now: number): void {
    if (!this.#versions.forget(now, Math.min(this.#retention.neededFrom(now), this.#hidden.least))) return;
    this.#cohorts?.forgetVersions();
    this.#retention.measure();
  }

  /** Puts what lay apart to the member's own series where it counts at every instant that can be asked for. */
  #settle(member: Member<S>, now: number): void {
    for (const { series, firstAt } of this.#late.settled(member, this.#retention.neededFrom(now))) {
      this.#cohorts?.settleIn(member, series);
      member.series = this.#meter.combined(member.series, series);
      member.firstAt = Math.min(member.firstAt, firstAt);
      this.#cohorts?.recount(member);
    }
  }

  /** The end of its last alert bars no opening any more. */
  #rested(member: Member<S>, horizon: number): boolean {
    const { current } = this.#versions;
    const { resolvedAt } = stateOf(member);
    if (resolvedAt === Number.NEGATIVE_INFINITY) return true;
    return (
      clockOf(current.calendar, current.zone).between(resolvedAt, horizon) >= this.#meter.breaker(current).cooldown
    );
  }
}
