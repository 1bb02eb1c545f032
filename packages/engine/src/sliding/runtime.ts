import { type Keyspace, keyField } from '@resonant/contracts';
import type { Desk } from '../desk.ts';
import type { Explanation } from '../explanation.ts';
import { Wakes } from '../patterns/wakes.ts';
import type { CompiledRule } from '../rule.ts';
import type { Outcome, Runtime, Taken } from '../runtime.ts';
import type { SaidAlert } from '../said-alert.ts';
import { type SubjectRef, subjectKey, subjectOf } from '../subject.ts';
import { clockOf } from '../time/calendar.ts';
import type { Versions } from '../versions.ts';
import { Advance } from './advance.ts';
import {
  forgetBefore,
  isIdle,
  type Member,
  type MemberState,
  memberState,
  newMember,
  newUnit,
  type Redo,
  rewind,
  stateOf,
  type Unit,
} from './member.ts';
import type { Meter, Series } from './meter.ts';

/** A rule with instants at work: ratio, threshold or surge, by its meter. */
export class SlidingRuntime<S extends Series, P> implements Runtime {
  readonly #desk: Desk;
  readonly #meter: Meter<S, P>;
  readonly #versions: Versions;
  readonly #advance: Advance<S, P>;
  readonly #members = new Map<string, Member<S>>();
  readonly #units = new Map<string, Unit<S>>();
  readonly #wakes = new Wakes();
  readonly #retire = new Wakes();
  readonly changed = new Set<string>();
  readonly #redo = new Map<Member<S>, Redo>();
  #grouped: boolean;

  constructor(meter: Meter<S, P>, versions: Versions, desk: Desk) {
    this.#meter = meter;
    this.#desk = desk;
    this.#versions = versions;
    this.#advance = new Advance(meter, versions, desk);
    this.#advance.decidedTo = versions.putAt;
    this.#grouped = versions.all().some((rule) => meter.grouped(rule));
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
    for (const [key, member] of this.#members) yield [key, memberState(member, this.#meter.exported(member.series))];
  }

  exportPart(key: string): unknown {
    const member = this.#members.get(key);
    return member === undefined ? undefined : memberState(member, this.#meter.exported(member.series));
  }

  importPart(key: string, state: unknown, adopt: (alert: SaidAlert) => void): void {
    const { subject, series, ...rest } = state as MemberState;
    const member = newMember(key, this.#unitOf(key, subject), subject, this.#meter.imported(series));
    Object.assign(member, rest);
    this.#members.set(key, member);
    this.#retire.set(key, this.#desk.now);
    this.#advance.schedule(member);
    this.#wake(member.unit);
    if (member.alert !== null) adopt(member.alert.said);
  }

  take({ signal, arrivedAt, judgedBy }: Taken): Outcome {
    this.#catchUp(this.#desk.previous);
    const { rule } = this;
    const sample = this.#meter.sample(rule, signal);
    const key = subjectKey(rule, signal);
    if (sample === null || key === undefined) return 'unmatched';
    const at = signal.occurredAt;
    if (at < judgedBy - this.#meter.reach(rule) - rule.lateness) return 'late';
    const member = this.#members.get(key) ?? this.#add(key, subjectOf(rule, signal));
    this.#meter.add(member.series, at, sample);
    const first = at < member.firstAt;
    if (first) member.firstAt = at;
    const from = this.#correctableFrom(at, arrivedAt);
    const until = first ? Number.POSITIVE_INFINITY : at + this.#reach() + 1;
    if (from <= this.#advance.decidedTo) this.#again(member, from, until);
    this.#expect(member, Math.max(at, this.#advance.decidedTo + 1));
    this.changed.add(key);
    return 'accepted';
  }

  acknowledge(alert: SaidAlert, { signal, arrivedAt }: Taken): boolean {
    this.#catchUp(this.#desk.previous);
    const at = signal.occurredAt;
    for (const member of this.#members.values()) {
      if (member.alert?.said !== alert) continue;
      const { decidedTo } = this.#advance;
      if (at <= decidedTo && arrivedAt > at + this.#versions.at(at).lateness) return false;
      member.acknowledged.push({ at, alertAt: alert.openedAt });
      if (at <= decidedTo) this.#again(member, at, at);
      this.#advance.schedule(member);
      this.#wake(member.unit);
      this.changed.add(member.key);
      return true;
    }
    return false;
  }

  nextDue(): number {
    if (this.#redo.size > 0) return Number.NEGATIVE_INFINITY;
    const grace = Math.min(...this.#versions.all().map((rule) => rule.grace));
    return Math.min(this.#wakes.next() + grace, this.#retire.next());
  }

  decide(now: number): void {
    this.#catchUp(this.#desk.previous);
    const horizon = this.#horizon(now);
    const visited = new Set<Member<S>>();
    for (const [member, { from, until }] of this.#redo) {
      rewind(member, from, until);
      member.nextInstant = this.#advance.instantFrom(member, from);
      this.#advance.schedule(member);
      this.#wake(member.unit);
      this.changed.add(member.key);
    }
    this.#redo.clear();
    for (const key of this.#wakes.due(horizon)) {
      const unit = this.#units.get(key);
      if (unit === undefined) continue;
      unit.cache = null;
      for (let at = unit.wakes.next(); at <= horizon; at = unit.wakes.next()) {
        for (const memberKey of unit.wakes.due(at)) {
          const member = this.#members.get(memberKey);
          if (member === undefined) continue;
          this.#advance.step(member, at);
          visited.add(member);
        }
      }
      this.#wake(unit);
    }
    for (const member of visited) this.#advance.finish(member);
    this.#catchUp(now);
    this.#versions.forget(now);
    for (const key of this.#retire.due(now)) {
      const member = this.#members.get(key);
      if (member !== undefined) visited.add(member);
    }
    for (const member of visited) this.#forget(member, now);
  }

  keep(rule: CompiledRule, now: number): void {
    this.#catchUp(now);
    const { keyspace } = this.rule;
    this.#versions.change(rule, now);
    const grouped = this.#versions.all().some((version) => this.#meter.grouped(version));
    if (grouped !== this.#grouped || keyspace !== rule.keyspace) this.#regroup(grouped);
    for (const member of this.#members.values()) {
      member.series = this.#meter.carried(rule, member.series);
      if (member.nextInstant > now) member.nextInstant = Number.POSITIVE_INFINITY;
      this.#expect(member, now + 1);
      this.changed.add(member.key);
    }
  }

  explain(key: string, at: number): Explanation | null {
    const member = this.#members.get(key);
    return member === undefined ? null : this.#advance.explain(member, at);
  }

  end(state: string, now: number): void {
    for (const { alert } of this.#members.values()) {
      if (alert !== null) this.#desk.resolved(this.rule, alert.said, { at: now, state, values: {}, evidence: [] });
    }
  }

  #add(key: string, subject: SubjectRef): Member<S> {
    const member = newMember(key, this.#unitOf(key, subject), subject, this.#meter.emptySeries(this.rule));
    this.#members.set(key, member);
    return member;
  }

  #unitOf(key: string, subject: SubjectRef): Unit<S> {
    const unitKey = this.#grouped ? (subject.fields[keyField[this.rule.keyspace as Keyspace]] as string) : key;
    let unit = this.#units.get(unitKey);
    if (unit === undefined) {
      unit = newUnit(unitKey);
      this.#units.set(unitKey, unit);
    }
    return unit;
  }

  #regroup(grouped: boolean): void {
    this.#grouped = grouped;
    for (const unit of this.#units.values()) this.#wakes.set(unit.key, Number.POSITIVE_INFINITY);
    this.#units.clear();
    for (const [key, member] of this.#members) {
      member.unit = this.#unitOf(key, member.subject);
      member.unit.members.add(member);
    }
  }

  /** Instants of this time or later may be new for the member. */
  #expect(member: Member<S>, at: number): void {
    member.nextInstant = Math.min(member.nextInstant, this.#advance.instantFrom(member, at));
    this.#advance.schedule(member);
    this.#wake(member.unit);
  }

  #wake(unit: Unit<S>): void {
    this.#wakes.set(unit.key, unit.wakes.next());
  }

  /** Asks for a correction; in a group the numbers of one bear on all. */
  #again(member: Member<S>, from: number, until: number): void {
    for (const touched of this.#grouped ? member.unit.members : [member]) {
      const redo = this.#redo.get(touched);
      if (redo === undefined) this.#redo.set(touched, { from, until });
      else {
        redo.from = Math.min(redo.from, from);
        redo.until = Math.max(redo.until, until);
      }
    }
  }

  /** The first instant at which a signal counts: it arrived before the instant was decided, or within its lateness. */
  #correctableFrom(at: number, arrivedAt: number): number {
    for (const { rule, from, until } of this.#versions.segments()) {
      const first = Math.max(at, from + 1, arrivedAt - rule.lateness);
      if (first <= until) return first;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Instants up to here are decided by the tick `now`: those with t + grace ≤ now, in order. */
  #horizon(now: number): number {
    for (const { rule, until } of this.#versions.segments()) {
      if (now - rule.grace < until) return Math.max(this.#advance.decidedTo, now - rule.grace);
    }
    return Math.max(this.#advance.decidedTo, now);
  }

  /** What the tick `now` reached counts as decided, also where nothing was due. */
  #catchUp(now: number): void {
    this.#advance.decidedTo = this.#horizon(now);
  }

  #reach(): number {
    return Math.max(...this.#versions.all().map((rule) => this.#meter.reach(rule)));
  }

  #lateness(): number {
    return Math.max(...this.#versions.all().map((rule) => rule.lateness));
  }

  /** Drops what no correction can need, and the member itself when it is as one that never was. */
  #forget(member: Member<S>, now: number): void {
    this.changed.add(member.key);
    const lateness = this.#lateness();
    const horizon = now - lateness;
    forgetBefore(member, horizon);
    member.series.forget(horizon - this.#reach());
    const state = stateOf(member);
    const clock = clockOf(this.rule.calendar, this.rule.zone);
    const idle = isIdle(member);
    const rested =
      state.resolvedAt === Number.NEGATIVE_INFINITY ||
      clock.between(state.resolvedAt, horizon) >= this.#meter.breaker(this.rule).cooldown;
    if (idle && rested && this.#versions.all().every((rule) => this.#meter.forgettable(rule))) {
      this.#remove(member);
      return;
    }
    const last = member.series.size > 0 ? member.series.last() + this.#reach() : now;
    const settled = idle && !this.#meter.forgettable(this.rule);
    this.#retire.set(member.key, settled ? Number.POSITIVE_INFINITY : Math.max(last, now) + lateness + 60_000);
  }

  #remove(member: Member<S>): void {
    this.#members.delete(member.key);
    this.#retire.set(member.key, Number.POSITIVE_INFINITY);
    member.unit.wakes.set(member.key, Number.POSITIVE_INFINITY);
    member.unit.members.delete(member);
    if (member.unit.members.size > 0) return;
    this.#units.delete(member.unit.key);
    this.#wakes.set(member.unit.key, Number.POSITIVE_INFINITY);
  }
}
