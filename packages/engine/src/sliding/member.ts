import { Wakes } from '../patterns/wakes.ts';
import type { CompiledRule } from '../rule.ts';
import type { SaidAlert, Statement } from '../said-alert.ts';
import type { SubjectRef } from '../subject.ts';
import type { Clock } from '../time/calendar.ts';
import { type BreakerState, closedBreaker, heldAt } from './breaker.ts';
import type { Group, Series } from './meter.ts';

/** A said alert that ended: it owns [at, end]. */
export interface Owned {
  readonly at: number;
  readonly end: number;
  readonly withoutData: boolean;
}

/** An opening that was derived but not said yet, with what followed. */
export interface Pending {
  readonly rule: CompiledRule;
  readonly statement: Statement;
  readonly updates: { readonly rule: CompiledRule; readonly statement: Statement }[];
}

/** The state from an instant or timer on. */
export interface Change {
  readonly at: number;
  readonly state: BreakerState;
}

/** What a correction replaces, to be put back where the new state meets the old. */
interface Tail {
  readonly base: BreakerState;
  readonly changes: readonly Change[];
  readonly nextInstant: number;
  /** From here on the numbers are those of before. */
  readonly until: number;
  /** The last transition that an earlier tick has said of what is open; −∞ = nothing is. */
  readonly saidTo: number;
}

/** One subject of a rule with instants. */
export interface Member<S extends Series> {
  readonly key: string;
  unit: Unit<S>;
  readonly subject: SubjectRef;
  series: S;
  firstAt: number;
  /** States by instant as far back as a correction can reach; never empty. */
  changes: Change[];
  /** The next instant that may bring something. */
  nextInstant: number;
  /** The said alert that is open, and the numbers it was said with. */
  alert: { readonly said: SaidAlert; readonly values: Readonly<Record<string, number>> } | null;
  pending: Pending | null;
  owned: Owned[];
  /** Instants of withdrawn alerts: they never open again. */
  barred: number[];
  acknowledged: { readonly at: number; readonly alertAt: number }[];
  tail: Tail | null;
}

/** Instants to be decided again: from where, and from where on the numbers are those of before. */
export interface Redo {
  from: number;
  until: number;
}

/** Members that are decided together, instant by instant. */
export interface Unit<S extends Series> extends Group<S> {
  readonly key: string;
  readonly members: Set<Member<S>>;
  /** The next instant or timer of each member. */
  readonly wakes: Wakes;
}

export const newUnit = <S extends Series>(key: string): Unit<S> => ({
  key,
  members: new Set(),
  wakes: new Wakes(),
  cache: null,
});

export function newMember<S extends Series>(key: string, unit: Unit<S>, subject: SubjectRef, series: S): Member<S> {
  const member: Member<S> = {
    key,
    unit,
    subject,
    series,
    firstAt: Number.POSITIVE_INFINITY,
    changes: [{ at: Number.NEGATIVE_INFINITY, state: closedBreaker }],
    nextInstant: Number.POSITIVE_INFINITY,
    alert: null,
    pending: null,
    owned: [],
    barred: [],
    acknowledged: [],
    tail: null,
  };
  unit.members.add(member);
  return member;
}

export const stateOf = <S extends Series>(member: Member<S>): BreakerState => (member.changes.at(-1) as Change).state;

/** Goes back to the state before `from`; what is cut off is kept as the tail. */
export function rewind<S extends Series>(member: Member<S>, from: number, until: number): void {
  const { changes } = member;
  let kept = changes.length;
  while (kept > 1 && (changes[kept - 1] as Change).at >= from) kept--;
  const cut = changes.slice(kept);
  member.changes = changes.slice(0, kept);
  const saidTo = member.alert?.said.lastAt ?? Number.NEGATIVE_INFINITY;
  member.tail = { base: stateOf(member), changes: cut, nextInstant: member.nextInstant, until, saidTo };
  member.pending = null;
}

/** Puts the tail back if the state at `at` is the one that was there before. True if it did. */
export function rejoin<S extends Series>(member: Member<S>, at: number, clock: Clock): boolean {
  const { tail, pending } = member;
  if (tail === null || at < tail.until || pending !== null) return false;
  const state = stateOf(member);
  let before = -1;
  while (before + 1 < tail.changes.length && (tail.changes[before + 1] as Change).at <= at) before++;
  const old = before >= 0 ? (tail.changes[before] as Change).state : tail.base;
  if (!same(state, old, at, clock)) return false;
  member.changes[member.changes.length - 1] = { at: (member.changes.at(-1) as Change).at, state: old };
  member.changes.push(...tail.changes.slice(before + 1));
  member.nextInstant = Math.max(tail.nextInstant, at + 1);
  member.tail = null;
  return true;
}

const same = (a: BreakerState, b: BreakerState, at: number, clock: Clock): boolean =>
  a === b ||
  (a.phase === b.phase &&
    a.alertAt === b.alertAt &&
    a.enteredAt === b.enteredAt &&
    a.running === b.running &&
    (a.held === null) === (b.held === null) &&
    a.unknownSince === b.unknownSince &&
    a.resolvedAt === b.resolvedAt &&
    heldAt(a, at, clock) === heldAt(b, at, clock));

/** Drops what no correction of an instant ≥ horizon can need. */
export function forgetBefore<S extends Series>(member: Member<S>, horizon: number): void {
  const { changes } = member;
  let old = 0;
  while (old + 1 < changes.length && (changes[old + 1] as Change).at < horizon) old++;
  if (old > 0) member.changes = changes.slice(old);
  member.owned = member.owned.filter(({ end }) => end >= horizon);
  member.barred = member.barred.filter((at) => at >= horizon);
  member.acknowledged = member.acknowledged.filter(({ at }) => at >= horizon);
}

/** True if nothing is open, running or remembered but the end of the last alert. */
export function isIdle<S extends Series>(member: Member<S>): boolean {
  const { phase, held } = stateOf(member);
  return (
    member.series.size === 0 &&
    member.alert === null &&
    phase === 'closed' &&
    held === null &&
    member.changes.length === 1 &&
    member.owned.length + member.barred.length + member.acknowledged.length === 0
  );
}

/** A member in a part of the state: all but what is only there while it is decided. */
export interface MemberState extends Omit<Member<Series>, 'key' | 'unit' | 'series' | 'pending' | 'tail'> {
  readonly series: unknown;
}

export function memberState<S extends Series>(member: Member<S>, series: unknown): MemberState {
  const { key: _key, unit: _unit, pending: _pending, tail: _tail, ...rest } = member;
  return { ...rest, series };
}
