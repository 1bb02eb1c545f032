import { type Wake, wakeOf } from '../patterns/wakes.ts';
import type { CompiledRule } from '../rule.ts';
import type { SaidAlert, Statement } from '../said-alert.ts';
import type { SubjectRef } from '../subject.ts';
import type { Clock } from '../time/calendar.ts';
import { type BreakerState, closedBreaker, heldAt, type Status } from './breaker.ts';
import type { Cohort, Peers } from './cohort.ts';
import type { Series } from './meter.ts';

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

/** What nearly every member has: nothing that ended, was withdrawn or acknowledged, and no change of its state. */
const untouched: readonly Change[] = [{ at: Number.NEGATIVE_INFINITY, state: closedBreaker }];
const nothing: readonly never[] = [];

/** One subject of a rule with instants. */
export class Member<S extends Series> {
  readonly key: string;
  readonly subject: SubjectRef;
  series: S;
  firstAt = Number.POSITIVE_INFINITY;
  /** States by instant as far back as a correction can reach; never empty. */
  changes = untouched;
  /** The next instant that may bring something. */
  nextInstant = Number.POSITIVE_INFINITY;
  /** The said alert that is open, and the numbers it was said with. */
  alert: { readonly said: SaidAlert; readonly values: Readonly<Record<string, number>> } | null = null;
  pending: Pending | null = null;
  owned: readonly Owned[] = nothing;
  /** Instants of withdrawn alerts: they never open again. */
  barred: readonly number[] = nothing;
  acknowledged: readonly { readonly at: number; readonly alertAt: number }[] = nothing;
  tail: Tail | null = null;
  /** The next instant or timer. */
  readonly wake: Wake<Member<S>> = wakeOf<Member<S>>(this);
  /** When to see whether it can be forgotten. */
  readonly retire: Wake<Member<S>> = wakeOf<Member<S>>(this);
  /** Those of its cohort whose windows hold the same, and its status among them. */
  peers: Peers<S> | null = null;
  /** Its cohorts, one for each version of the rule that has some. */
  cohorts: readonly Cohort<S>[] = nothing;
  status: Status = 'unknown';

  constructor(key: string, subject: SubjectRef, series: S) {
    this.key = key;
    this.subject = subject;
    this.series = series;
  }
}

/** Instants to be decided again: from where, and from where on the numbers are those of before. */
export interface Redo {
  readonly from: number;
  readonly until: number;
}

export const stateOf = <S extends Series>({ changes }: Member<S>): BreakerState =>
  (changes[changes.length - 1] as Change).state;

/**
 * Goes back to the state before `from`; what is cut off is kept as the tail. Returns where to begin again: earlier where
 * that state is open by an opening that was never said, as one that was said later stood for it. It may stand alone now.
 */
export function rewind<S extends Series>(member: Member<S>, from: number, until: number): number {
  const { changes } = member;
  let kept = changes.length;
  let start = from;
  for (;;) {
    while (kept > 1 && (changes[kept - 1] as Change).at >= start) kept--;
    const { phase, alertAt } = (changes[kept - 1] as Change).state;
    if (phase === 'closed' || isSaid(member, alertAt) || !changes.some(({ at }, i) => i > 0 && at === alertAt)) break;
    start = alertAt;
  }
  const cut = changes.slice(kept);
  member.changes = changes.slice(0, kept);
  const saidTo = member.alert?.said.lastAt ?? Number.NEGATIVE_INFINITY;
  member.tail = { base: stateOf(member), changes: cut, nextInstant: member.nextInstant, until, saidTo };
  member.pending = null;
  return start;
}

/** True if an alert that opened then was said. */
const isSaid = <S extends Series>(member: Member<S>, openedAt: number): boolean =>
  member.alert?.said.openedAt === openedAt || member.owned.some(({ at }) => at === openedAt);

/** Puts the tail back if the state at `at` is the one that was there before. True if it did. */
export function rejoin<S extends Series>(member: Member<S>, at: number, clock: Clock): boolean {
  const { tail, pending } = member;
  if (tail === null || at < tail.until || pending !== null) return false;
  const state = stateOf(member);
  let before = -1;
  while (before + 1 < tail.changes.length && (tail.changes[before + 1] as Change).at <= at) before++;
  const old = before >= 0 ? (tail.changes[before] as Change).state : tail.base;
  if (!same(state, old, at, clock)) return false;
  const last = { at: (member.changes.at(-1) as Change).at, state: old };
  member.changes = [...member.changes.slice(0, -1), last, ...tail.changes.slice(before + 1)];
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

/** The states with one more; a list that grows often is its own. */
export function changed<S extends Series>(member: Member<S>, change: Change): void {
  if (member.changes === untouched) member.changes = [...untouched, change];
  else (member.changes as Change[]).push(change);
}

/** Drops what no correction of an instant ≥ horizon can need. */
export function forgetBefore<S extends Series>(member: Member<S>, horizon: number): void {
  const { changes } = member;
  let old = 0;
  while (old + 1 < changes.length && (changes[old + 1] as Change).at < horizon) old++;
  if (old > 0) member.changes = changes.slice(old);
  if (member.owned.length > 0) member.owned = member.owned.filter(({ end }) => end >= horizon);
  if (member.barred.length > 0) member.barred = member.barred.filter((at) => at >= horizon);
  if (member.acknowledged.length > 0) member.acknowledged = member.acknowledged.filter(({ at }) => at >= horizon);
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

/** A member in a part of the state: all but what follows from it, or is only there while it is decided. */
export interface MemberState
  extends Pick<
    Member<Series>,
    'subject' | 'firstAt' | 'changes' | 'nextInstant' | 'alert' | 'owned' | 'barred' | 'acknowledged'
  > {
  readonly series: unknown;
}

export function memberState<S extends Series>(member: Member<S>, series: unknown): MemberState {
  const { subject, firstAt, changes, nextInstant, alert, owned, barred, acknowledged } = member;
  return { subject, firstAt, changes, nextInstant, alert, owned, barred, acknowledged, series };
}
