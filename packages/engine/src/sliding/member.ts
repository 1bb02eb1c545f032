import { type Wake, wakeOf } from '../patterns/wakes.ts';
import type { SaidAlert, Statement } from '../said-alert.ts';
import type { SubjectRef } from '../subject.ts';
import type { Clock } from '../time/calendar.ts';
import { type BreakerState, closedBreaker, heldAt, type Status } from './breaker.ts';
import type { Cohort, Peers } from './cohort.ts';
import type { LateArrival } from './late-arrivals.ts';
import type { Series } from './meter.ts';

/** A said alert that ended: it owns [at, end]. */
export interface Owned {
  readonly at: number;
  readonly end: number;
  readonly withoutData: boolean;
}

/** An opening that was derived but not said yet, with what followed. */
export interface Pending {
  readonly statement: Statement;
  readonly updates: readonly Statement[];
}

/** An opening behind a said alert that overlaps it: should it end before that, it stands alone and is said. */
export interface Hidden extends Pending {
  /** Instant of the said alert. */
  readonly behind: number;
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
  readonly hidden: readonly Hidden[];
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
  /** Signals that do not count at every instant that can be looked at, by arrival; `series` does not hold them. */
  late: readonly LateArrival<S>[] = nothing;
  /** The series with those that count at the instants looked at last; null = to be made anew. */
  combined: { readonly counting: readonly LateArrival<S>[]; readonly series: S } | null = null;
  /** `occurredAt` of the first signal that `series` has counted. */
  firstAt = Number.POSITIVE_INFINITY;
  /** States by instant as far back as a correction can reach; never empty. */
  changes = untouched;
  /** The next instant that may bring something. */
  nextInstant = Number.POSITIVE_INFINITY;
  /** The said alert that is open, and the numbers it was said with. */
  alert: { readonly said: SaidAlert; readonly values: Readonly<Record<string, number>> } | null = null;
  pending: Pending | null = null;
  hidden: readonly Hidden[] = nothing;
  owned: readonly Owned[] = nothing;
  /** Instants of withdrawn alerts: they never open again. */
  barred: readonly number[] = nothing;
  acknowledged: readonly { readonly at: number; readonly alertAt: number }[] = nothing;
  tail: Tail | null = null;
  /** The tick has looked at it. */
  isVisited = false;
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

/** `occurredAt` of a member's first signal, from which on it has instants. */
export const beginningOf = <S extends Series>({ firstAt, late }: Member<S>): number =>
  late.length === 0 ? firstAt : Math.min(firstAt, ...late.map((arrival) => arrival.firstAt));

/**
 * Goes back to the state before `from`; what is cut off is kept as the tail. An opening that a said alert hides waits
 * again to be said if it is open in that state, and the alert comes later.
 */
export function rewind<S extends Series>(member: Member<S>, from: number, until: number): void {
  const { hidden } = member;
  const changes = cut(member, from);
  const base = stateOf(member);
  const saidTo = member.alert?.said.lastAt ?? Number.NEGATIVE_INFINITY;
  const { nextInstant } = member;
  member.tail = { base, changes, hidden, nextInstant, until, saidTo };
  member.pending = null;
  if (hidden.length === 0) return;
  const opening = hidden.find(({ statement, behind }) => statement.at === base.alertAt && behind >= from);
  if (opening !== undefined) {
    member.pending = { statement: opening.statement, updates: opening.updates.filter(({ at }) => at < from) };
  }
  member.hidden = hidden.filter(({ behind }) => behind < from);
}

/** Hides the opening that waits behind the said alert of the instant `behind`. */
export function hide<S extends Series>(member: Member<S>, behind: number): void {
  const { pending } = member;
  if (pending === null) return;
  member.hidden = [...member.hidden, { ...pending, behind }];
  member.pending = null;
}

/**
 * Forgets acknowledgements of the opening that waits, which a said alert is about to hide at `at`: they name nothing that
 * was said. Where they have done something by then, goes back to before it and returns when that was; otherwise +∞.
 */
export function unacknowledge<S extends Series>(member: Member<S>, at: number): number {
  const { pending } = member;
  const openedAt = pending?.statement.at ?? Number.POSITIVE_INFINITY;
  if (pending === null || openedAt >= at) return Number.POSITIVE_INFINITY;
  const named = member.acknowledged.filter(({ alertAt }) => alertAt === openedAt);
  if (named.length === 0) return Number.POSITIVE_INFINITY;
  member.acknowledged = member.acknowledged.filter(({ alertAt }) => alertAt !== openedAt);
  const from = Math.max(openedAt + 1, Math.min(...named.map((each) => each.at)));
  if (from > at) return Number.POSITIVE_INFINITY;
  cut(member, from);
  member.pending = { ...pending, updates: pending.updates.filter((update) => update.at < from) };
  return from;
}

/** The first time ≥ `from` of what openings that said alerts hide have to say; +∞ = there is none. */
export function hiddenFrom<S extends Series>({ hidden }: Member<S>, from: number): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { statement, updates } of hidden) {
    for (const { at } of [statement, ...updates]) if (at >= from) first = Math.min(first, at);
  }
  return first;
}

/** Goes back to the state before `from`; returns the changes that are cut off. */
function cut<S extends Series>(member: Member<S>, from: number): readonly Change[] {
  const { changes } = member;
  let kept = changes.length;
  while (kept > 1 && (changes[kept - 1] as Change).at >= from) kept--;
  member.changes = changes.slice(0, kept);
  return changes.slice(kept);
}

/** The first of the openings that said alerts hide; +∞ = there is none. */
export const hiddenSince = <S extends Series>({ hidden }: Member<S>): number =>
  hidden.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...hidden.map(({ statement }) => statement.at));

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
  if (tail.hidden.length > 0) {
    member.hidden = [...member.hidden, ...tail.hidden.filter(({ behind }) => behind > at)];
  }
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
  if (member.hidden.length > 0) member.hidden = member.hidden.filter(({ behind }) => behind >= horizon);
  if (member.acknowledged.length > 0) member.acknowledged = member.acknowledged.filter(({ at }) => at >= horizon);
}

/** True if nothing is open, running or remembered but the end of the last alert. */
export function isIdle<S extends Series>(member: Member<S>): boolean {
  const { phase, held } = stateOf(member);
  return (
    member.series.size === 0 &&
    member.late.length === 0 &&
    member.alert === null &&
    phase === 'closed' &&
    held === null &&
    member.changes.length === 1 &&
    member.owned.length + member.barred.length + member.acknowledged.length + member.hidden.length === 0
  );
}

/** A member in a part of the state: all but what follows from it, or is only there while it is decided. */
export interface MemberState
  extends Pick<
    Member<Series>,
    'subject' | 'firstAt' | 'changes' | 'nextInstant' | 'alert' | 'owned' | 'barred' | 'acknowledged' | 'hidden'
  > {
  readonly series: unknown;
  readonly late: readonly (Omit<LateArrival<Series>, 'series'> & { readonly series: unknown })[];
}

export function memberState<S extends Series>(member: Member<S>, exported: (series: S) => unknown): MemberState {
  const { subject, firstAt, changes, nextInstant, alert, owned, barred, acknowledged, hidden } = member;
  const late = member.late.map((arrival) => ({ ...arrival, series: exported(arrival.series) }));
  const series = exported(member.series);
  return { subject, firstAt, changes, nextInstant, alert, owned, barred, acknowledged, hidden, series, late };
}

/** The member of a part. */
export function memberOf<S extends Series>(
  key: string,
  { subject, series, late, ...rest }: MemberState,
  imported: (state: unknown) => S,
): Member<S> {
  const member = new Member(key, subject, imported(series));
  Object.assign(member, rest);
  member.late = late.map((arrival) => ({ ...arrival, series: imported(arrival.series) }));
  return member;
}
