import type { Desk } from '../desk.ts';
import type { Explanation } from '../explanation.ts';
import type { CompiledRule } from '../rule.ts';
import type { Outcome, Runtime, Taken } from '../runtime.ts';
import type { SaidAlert } from '../said-alert.ts';
import { keyOf, subjectKey, subjectOf } from '../subject.ts';
import type { Versions } from '../versions.ts';
import { Advance } from './advance.ts';
import { Cohorts } from './cohorts.ts';
import { Forgetting } from './forgetting.ts';
import { lastInstantOf } from './instants.ts';
import { LateArrivals } from './late-arrivals.ts';
import { beginningOf, Member, type MemberState, memberOf, memberState, type Redo, rewind } from './member.ts';
import type { Meter, Series } from './meter.ts';
import { Retention } from './retention.ts';

/** A rule with instants at work: ratio, threshold or surge, by its meter. */
export class SlidingRuntime<S extends Series, P> implements Runtime {
  readonly #desk: Desk;
  readonly #meter: Meter<S, P>;
  readonly #versions: Versions;
  readonly #advance: Advance<S, P>;
  readonly #members = new Map<string, Member<S>>();
  readonly changed = new Set<string>();
  readonly #redo = new Map<Member<S>, Redo>();
  /** Null where no version compares subjects with each other. */
  readonly #cohorts: Cohorts<S> | null;
  /** The cohorts are to be made from the members: after an import, and under a new version. */
  #stale = true;
  readonly #retention: Retention;
  readonly #late: LateArrivals<S>;
  readonly #forgetting: Forgetting<S, P>;

  constructor(meter: Meter<S, P>, versions: Versions, desk: Desk) {
    this.#meter = meter;
    this.#desk = desk;
    this.#versions = versions;
    this.#late = new LateArrivals(versions, (a, b) => meter.combined(a, b));
    this.#cohorts = meter.joint === null ? null : new Cohorts(meter.joint, versions, this.#late);
    this.#advance = new Advance(meter, versions, desk, this.#late, this.#cohorts);
    this.#advance.decidedTo = versions.putAt;
    this.#retention = new Retention(versions, (rule) => meter.reach(rule));
    this.#forgetting = new Forgetting(meter, versions, this.#retention, this.#late, this.#cohorts);
  }

  get rule(): CompiledRule {
    return this.#versions.current;
  }

  get versions(): Versions {
    return this.#versions;
  }

  exportHead(): unknown {
    return { decidedTo: this.#advance.decidedTo };
  }

  importHead(state: unknown): void {
    this.#advance.decidedTo = (state as { readonly decidedTo: number }).decidedTo;
  }

  *exportParts(): Iterable<readonly [string, unknown]> {
    for (const [key, member] of this.#members) yield [key, this.#exported(member)];
  }

  keys(): Iterable<string> {
    return this.#members.keys();
  }

  exportPart(key: string): unknown {
    const member = this.#members.get(key);
    return member === undefined ? undefined : this.#exported(member);
  }

  #exported(member: Member<S>): MemberState {
    return memberState(member, (series) => this.#meter.exported(series));
  }

  importPart(key: string, state: unknown, adopt: (alert: SaidAlert) => void): void {
    const member = memberOf(key, state as MemberState, (series) => this.#meter.imported(this.rule, series));
    this.#members.set(key, member);
    this.#forgetting.adopt(member, this.#desk.now);
    this.#advance.schedule(member);
    this.#stale = true;
    if (member.alert !== null) adopt(member.alert.said);
  }

  take({ signal, arrivedAt, judgedBy }: Taken): Outcome {
    this.#catchUp(this.#desk.previous);
    const { rule } = this;
    const sample = this.#meter.sample(rule, signal);
    if (sample === null) return 'unmatched';
    const key = subjectKey(rule, signal);
    if (key === undefined) return 'unmatched';
    const at = signal.occurredAt;
    if (at < judgedBy - this.#meter.reach(rule) - rule.lateness) return 'late';
    this.#refresh();
    const member = this.#members.get(key) ?? this.#add(key, signal);
    const { decidedTo } = this.#advance;
    const arrival = { arrivedAt, decidedTo };
    const from = this.#late.firstCounted(arrival, at);
    const until = at + this.#retention.reach + 1;
    const late = from <= decidedTo ? { from, until } : null;
    const missed = this.#late.lastMissed(arrival, at);
    const apart = missed !== Number.NEGATIVE_INFINITY && missed >= this.#retention.neededFrom(this.#desk.previous);
    this.#cohorts?.add(member, at, this.#meter.sumsOf(sample), apart ? arrival : null, late, decidedTo);
    const first = at < beginningOf(member);
    const series = apart ? this.#late.seriesFor(member, arrival, at, () => this.#emptySeries()) : member.series;
    this.#meter.add(series, at, sample);
    member.combined = null;
    if (apart) {
      this.#cohorts?.recount(member);
      this.#forgetting.expect(member, missed);
    } else member.firstAt = Math.min(member.firstAt, at);
    if (late !== null) this.#again(member, first ? { from, until: Number.POSITIVE_INFINITY } : late);
    this.#expect(member, Math.max(at, decidedTo + 1));
    this.changed.add(key);
    return 'accepted';
  }

  acknowledge(alert: SaidAlert, { signal, arrivedAt }: Taken): boolean {
    this.#catchUp(this.#desk.previous);
    const at = signal.occurredAt;
    const member = this.#members.get(keyOf(this.rule, alert.subject.fields) ?? '');
    if (member === undefined || member.alert?.said !== alert) return false;
    const { decidedTo } = this.#advance;
    if (!this.#late.counts({ arrivedAt, decidedTo }, at)) return false;
    member.acknowledged = [...member.acknowledged, { at, alertAt: alert.openedAt }];
    if (at <= decidedTo) this.#again(member, { from: at, until: at });
    this.#advance.schedule(member);
    this.changed.add(member.key);
    return true;
  }

  nextDue(): number {
    if (this.#redo.size > 0) return Number.NEGATIVE_INFINITY;
    const wake = Math.min(this.#advance.wakes.next(), this.#cohorts?.wakes.next() ?? Number.POSITIVE_INFINITY);
    return Math.min(wake + this.#retention.grace, this.#forgetting.next());
  }

  decide(now: number): void {
    this.#catchUp(this.#desk.previous);
    this.#refresh();
    const visited: Member<S>[] = [];
    this.#correct(visited);
    this.#proceed(this.#horizon(now), now, visited);
    for (const member of visited) this.#advance.finish(member);
    this.#catchUp(now);
    const forgetting = this.#forgetting;
    for (let member = forgetting.take(now); member !== undefined; member = forgetting.take(now)) note(visited, member);
    for (const member of visited) this.#forget(member, now);
    this.#forgetting.forgetVersions(now);
  }

  /** Decides again what late signals and acknowledgements bear on, up to where earlier ticks came. */
  #correct(visited: Member<S>[]): void {
    const { decidedTo } = this.#advance;
    for (const [member, redo] of this.#cohorts?.corrected(decidedTo) ?? []) this.#again(member, redo);
    if (this.#redo.size === 0) return;
    for (const [member, { from, until }] of this.#redo) {
      rewind(member, from, until);
      member.nextInstant = this.#advance.instantFrom(member, from);
      this.#advance.schedule(member);
      this.changed.add(member.key);
    }
    this.#visit(decidedTo, visited);
    this.#cohorts?.settle(decidedTo);
    for (const member of this.#redo.keys()) this.#advance.place(member);
    this.#redo.clear();
  }

  /** Decides the instants and timers up to the horizon that no tick has decided. */
  #proceed(horizon: number, now: number, visited: Member<S>[]): void {
    const cohorts = this.#cohorts;
    if (cohorts !== null) {
      const from = this.#retention.signalsFrom(now);
      for (let at = cohorts.wakes.next(); at <= horizon; at = cohorts.wakes.next()) {
        this.#visit(at - 1, visited);
        // An acknowledgement of this very instant says the numbers of the one before.
        const before = lastInstantOf(this.#versions, at - 1);
        const needed = (before === Number.NEGATIVE_INFINITY ? at : before) - this.#retention.reach;
        for (const member of cohorts.look(at, Math.min(needed, from))) this.#advance.visit(member, at);
        this.#visit(at, visited);
      }
    }
    this.#visit(horizon, visited);
  }

  /** Visits the members whose wake has come by `until`, in time order. */
  #visit(until: number, visited: Member<S>[]): void {
    const { wakes } = this.#advance;
    for (let at = wakes.next(); at <= until; at = wakes.next()) {
      const member = wakes.take(at) as Member<S>;
      this.#advance.step(member, at);
      note(visited, member);
    }
  }

  keep(rule: CompiledRule, now: number): void {
    this.#catchUp(now);
    this.#versions.change(rule, now);
    this.#retention.measure();
    this.#stale = true;
    for (const member of this.#members.values()) {
      const carried = (series: S): S => this.#meter.carried(rule, series);
      member.series = carried(member.series);
      member.late = member.late.map((arrival) => ({ ...arrival, series: carried(arrival.series) }));
      member.combined = null;
      if (member.nextInstant > now) member.nextInstant = this.#advance.instantFrom(member, now + 1);
      this.#advance.schedule(member);
      this.changed.add(member.key);
    }
  }

  explain(key: string, at: number): Explanation | null {
    this.#catchUp(this.#desk.now);
    this.#refresh();
    const member = this.#members.get(key);
    return member === undefined ? null : this.#advance.explain(member, at);
  }

  end(state: string, now: number): void {
    for (const { alert } of this.#members.values()) {
      if (alert !== null) this.#desk.resolved(this.rule, alert.said, { at: now, state, values: {}, evidence: [] });
    }
  }

  #add(key: string, signal: Taken['signal']): Member<S> {
    const member = new Member(key, subjectOf(this.rule, signal), this.#emptySeries());
    this.#members.set(key, member);
    this.#cohorts?.join(member);
    return member;
  }

  /** A series whose buckets fit the instants of every version. */
  #emptySeries(): S {
    const empty = this.#meter.emptySeries(this.rule);
    const all = this.#versions.all();
    return all.length === 1 ? empty : all.reduce((series, rule) => this.#meter.carried(rule, series), empty);
  }

  /** Makes the cohorts again from the members if they are not what they were. */
  #refresh(): void {
    if (!this.#stale) return;
    this.#stale = false;
    const { joint } = this.#meter;
    if (joint === null || this.#cohorts === null) return;
    this.#cohorts.rebuild(this.#members.values(), joint.counts(this.#emptySeries()).grain, this.#advance.decidedTo);
    for (const member of this.#members.values()) this.#advance.place(member);
  }

  /** Instants of this time or later may be new for the member. */
  #expect(member: Member<S>, at: number): void {
    this.#advance.visit(member, this.#advance.instantFrom(member, at));
  }

  /** Asks for a correction. */
  #again(member: Member<S>, { from, until }: Redo): void {
    const redo = this.#redo.get(member);
    this.#redo.set(member, { from: Math.min(redo?.from ?? from, from), until: Math.max(redo?.until ?? until, until) });
  }

  /** Instants up to here are decided by the tick `now`: those with t + grace ≤ now, in order. */
  #horizon(now: number): number {
    for (const { rule, from, until } of this.#versions.segments()) {
      if (now - rule.grace < until) return Math.max(this.#advance.decidedTo, from, now - rule.grace);
    }
    return Math.max(this.#advance.decidedTo, now);
  }

  /** What the tick `now` reached counts as decided, also where nothing was due. */
  #catchUp(now: number): void {
    this.#advance.decidedTo = this.#horizon(now);
  }

  /** Drops what no correction can need, and the member itself when it is as one that never was. */
  #forget(member: Member<S>, now: number): void {
    member.isVisited = false;
    this.changed.add(member.key);
    if (!this.#forgetting.forget(member, now)) return;
    this.#members.delete(member.key);
    this.#advance.wakes.set(member.wake, Number.POSITIVE_INFINITY);
    this.#cohorts?.remove(member);
  }
}

/** Takes note of a member that a tick visits, once. */
function note<S extends Series>(visited: Member<S>[], member: Member<S>): void {
  if (member.isVisited) return;
  member.isVisited = true;
  visited.push(member);
}
