import { Wakes } from '../patterns/wakes.ts';
import type { CompiledRule } from '../rule.ts';
import type { Segment, Versions } from '../versions.ts';
import { affected } from './affected.ts';
import { Cohort, leave } from './cohort.ts';
import { CountSeries, commonGrain, type Sums } from './counts.ts';
import { instantsOf } from './instants.ts';
import type { Arrival, LateArrivals } from './late-arrivals.ts';
import type { Member, Redo } from './member.ts';
import type { Joint, Series, Totals } from './meter.ts';

/** The cohorts of a rule, for each of its versions that compares subjects with each other. */
export class Cohorts<S extends Series> {
  /** When to look at which cohort: at instants that no tick has decided. */
  readonly wakes = new Wakes<Cohort<S>>();
  readonly #joint: Joint<S>;
  readonly #versions: Versions;
  #byRule = new Map<CompiledRule, Map<string, Cohort<S>>>();
  readonly #arrivals: LateArrivals<S>;
  readonly #late = new Set<Cohort<S>>();
  #grain = 0;

  constructor(joint: Joint<S>, versions: Versions, arrivals: LateArrivals<S>) {
    this.#joint = joint;
    this.#versions = versions;
    this.#arrivals = arrivals;
  }

  /** Begins anew with the members and versions that there are; `grain` = that of a new member's counts. */
  rebuild(members: Iterable<Member<S>>, grain: number, decidedTo: number): void {
    const all = [...members];
    for (const of of this.#byRule.values())
      for (const { wake } of of.values()) this.wakes.set(wake, Number.POSITIVE_INFINITY);
    this.#byRule = new Map();
    this.#grain = all.reduce((common, { series }) => commonGrain(this.#joint.counts(series).grain, common), grain);
    for (const member of all) {
      leave(member);
      const counts = this.#joint.counts(member.series);
      this.join(member);
      this.#addAll(member, new CountSeries(counts.grain), counts);
    }
    for (const of of this.#byRule.values())
      for (const cohort of of.values()) {
        this.#expect(cohort, Math.max(decidedTo + 1, cohort.first()));
      }
  }

  join(member: Member<S>): void {
    member.cohorts = [...this.#of(member)];
    for (const cohort of member.cohorts) {
      cohort.members.add(member);
      cohort.recount(member);
    }
  }

  /** Counts what lay apart as the member's own series is about to do. */
  settleIn(member: Member<S>, late: S): void {
    if (member.cohorts.length === 0) return;
    const counts = this.#joint.counts(member.series);
    this.#addAll(member, counts.combined(new CountSeries(counts.grain)), this.#joint.counts(late));
  }

  /** Takes note of a member some of whose signals lie apart, or do no more. */
  recount(member: Member<S>): void {
    for (const cohort of member.cohorts) cohort.recount(member);
  }

  #addAll(member: Member<S>, before: CountSeries, counts: CountSeries): void {
    for (const { at, n, d } of counts.buckets()) {
      for (const cohort of member.cohorts) cohort.add(before, at, n, d);
      before.add(at, n, d);
    }
  }

  remove(member: Member<S>): void {
    leave(member);
    for (const cohort of member.cohorts) {
      cohort.members.delete(member);
      cohort.recount(member);
      if (cohort.members.size > 0) continue;
      this.wakes.set(cohort.wake, Number.POSITIVE_INFINITY);
      this.#byRule.get(cohort.rule)?.delete(cohort.key);
    }
  }

  /**
   * Counts a signal before the member's own series does, or takes note of one that lies apart: then `arrival` is not
   * null. `late` = instants to be decided again, if there are any.
   */
  add(
    member: Member<S>,
    at: number,
    { n, d }: Sums,
    arrival: Arrival | null,
    late: Redo | null,
    decidedTo: number,
  ): void {
    const counts = this.#joint.counts(member.series);
    const here = Math.floor(at / counts.grain) * counts.grain;
    for (const cohort of member.cohorts) {
      if (arrival === null) cohort.add(counts, here, n, d);
      this.#expect(cohort, Math.max(at, decidedTo + 1));
      if (late === null) continue;
      cohort.late.push({ member, at: here, arrival, n, d, ...late });
      this.#late.add(cohort);
    }
  }

  /** What the cohort of a subject adds up to at an instant of a version; null if that compares no subjects. */
  totals(rule: CompiledRule, member: Member<S>, at: number): Totals | null {
    return find(rule, member)?.totals(at) ?? null;
  }

  /** The earliest time after the instant `at` from which the sums of the member's cohort may be others. */
  changesAfter(rule: CompiledRule, member: Member<S>, at: number): number {
    return find(rule, member)?.changesAfter(at) ?? Number.POSITIVE_INFINITY;
  }

  /** Takes note of what a member's window holds at an instant that no later one precedes; −∞ = it has none. */
  place(member: Member<S>, at: number): void {
    const rule = this.#versions.at(at);
    const cohort = at === Number.NEGATIVE_INFINITY ? undefined : find(rule, member);
    if (cohort === undefined) leave(member);
    else {
      const own = cohort.sumsOf(member, at);
      cohort.place(member, own, this.#joint.status(rule, own, cohort.totals(at)));
    }
  }

  /** The members whose status changes at the instant `at`, the next of `wakes`. Signals before `needed` are not. */
  look(at: number, needed: number): Member<S>[] {
    const changed: Member<S>[] = [];
    for (let cohort = this.wakes.take(at); cohort !== undefined; cohort = this.wakes.take(at)) {
      for (const member of cohort.look(at)) changed.push(member);
      cohort.forget(needed);
      this.#expect(cohort, Math.max(at + 1, cohort.changesAfter(at)));
    }
    return changed;
  }

  /** Members whose status this tick's late signals of others have changed, each with the instants to decide again. */
  *corrected(decidedTo: number): Generator<readonly [Member<S>, Redo]> {
    for (const cohort of this.#late) {
      const segment = this.#segmentOf(cohort);
      if (segment !== undefined) yield* affected(cohort, this.#joint, this.#arrivals, segment, decidedTo);
    }
  }

  /** Takes the statuses of `decidedTo` as those seen last, when late signals have been accounted for. */
  settle(decidedTo: number): void {
    for (const cohort of this.#late) {
      cohort.late = [];
      const segment = this.#segmentOf(cohort);
      const until = Math.min(decidedTo, segment?.until ?? Number.NEGATIVE_INFINITY);
      if (segment === undefined || until <= segment.from) continue;
      const last = instantsOf(cohort.rule).upTo(until);
      if (last > segment.from) cohort.settle(last);
    }
    this.#late.clear();
  }

  /** Forgets the cohorts of versions that are forgotten. */
  forgetVersions(): void {
    const all = this.#versions.all();
    for (const [rule, of] of this.#byRule) {
      if (all.includes(rule)) continue;
      for (const cohort of of.values()) {
        this.wakes.set(cohort.wake, Number.POSITIVE_INFINITY);
        for (const member of cohort.members) member.cohorts = member.cohorts.filter((other) => other !== cohort);
      }
      this.#byRule.delete(rule);
    }
  }

  #expect(cohort: Cohort<S>, at: number): void {
    if (at >= cohort.wake.at || at === Number.POSITIVE_INFINITY) return;
    const segment = this.#segmentOf(cohort);
    if (segment === undefined) return;
    const instant = instantsOf(cohort.rule).from(Math.max(at, segment.from + 1));
    if (instant <= segment.until && instant < cohort.wake.at) this.wakes.set(cohort.wake, instant);
  }

  #segmentOf({ rule }: Cohort<S>): Segment | undefined {
    return this.#versions.segments().find((segment) => segment.rule === rule);
  }

  /** The cohorts of a member, one for each version that has some. */
  *#of(member: Member<S>): Generator<Cohort<S>> {
    for (const rule of this.#versions.all()) {
      const key = this.#joint.cohortOf(rule, member.subject);
      if (key === null) continue;
      let of = this.#byRule.get(rule);
      if (of === undefined) {
        of = new Map();
        this.#byRule.set(rule, of);
      }
      let cohort = of.get(key);
      if (cohort === undefined) {
        cohort = new Cohort(key, rule, this.#joint, this.#arrivals, this.#grain);
        of.set(key, cohort);
      }
      yield cohort;
    }
  }
}

function find<S extends Series>(rule: CompiledRule, { cohorts }: Member<S>): Cohort<S> | undefined {
  if (cohorts[0]?.rule === rule) return cohorts[0];
  return cohorts.find((cohort) => cohort.rule === rule);
}
