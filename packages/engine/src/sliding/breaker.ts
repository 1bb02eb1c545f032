import type { BreakerSpec } from '../rule.ts';
import type { Clock } from '../time/calendar.ts';

/** What the numbers of an instant say. `healthy` of rules.md 3.2 is `recovered`. */
export type Status = 'unknown' | 'breach' | 'between' | 'recovered';

/**
 * A breaker after its last instant or timer. It does not change while the status stays the same and nothing falls due:
 * what runs is kept as "since when", so a quiet subject needs no step per instant.
 */
export interface BreakerState {
  readonly phase: 'closed' | 'open' | 'half-open';
  /** Instant of the opening of what is open. */
  readonly alertAt: number;
  /** Since when it is open or half-open. */
  readonly enteredAt: number;
  /** The hold clock at `heldAt`; null = not started. */
  readonly held: number | null;
  readonly heldAt: number;
  /** The last instant was a breach, or counted like one: the clock has run since `heldAt`. */
  readonly running: boolean;
  /** First instant of the run of unknown ones that lasts; +∞ = none. */
  readonly unknownSince: number;
  /** End of the last alert; −∞ = none. */
  readonly resolvedAt: number;
}

export const closedBreaker: BreakerState = {
  phase: 'closed',
  alertAt: Number.POSITIVE_INFINITY,
  enteredAt: Number.POSITIVE_INFINITY,
  held: null,
  heldAt: Number.NEGATIVE_INFINITY,
  running: false,
  unknownSince: Number.POSITIVE_INFINITY,
  resolvedAt: Number.NEGATIVE_INFINITY,
};

/** The transition that an instant brings, if any. */
export type Step = 'opened' | 'reopened' | 'closed' | 'no-data' | null;

/** The hold clock at an instant, in ms of calendar time. */
export const heldAt = (state: BreakerState, at: number, clock: Clock): number =>
  (state.held ?? 0) + (state.running ? clock.between(state.heldAt, at) : 0);

/** The hold clock and the run of unknown instants after an instant. */
export function tickClock(
  state: BreakerState,
  spec: BreakerSpec,
  at: number,
  status: Status,
  clock: Clock,
): BreakerState {
  if (status === 'unknown') return unknownTick(state, spec, at, clock);
  const known = state.unknownSince === Number.POSITIVE_INFINITY ? state : { ...state, unknownSince: Infinity };
  if (status === 'breach') {
    if (known.running) return known;
    return { ...known, held: known.held ?? 0, heldAt: at, running: true };
  }
  return known.held === null && !known.running ? known : stopped(known);
}

function unknownTick(state: BreakerState, spec: BreakerSpec, at: number, clock: Clock): BreakerState {
  const since = Math.min(state.unknownSince, at);
  const known = since === state.unknownSince ? state : { ...state, unknownSince: since };
  if (known.held === null) return known;
  const { policy, limit } = spec.noData;
  if (policy === 'reset') return stopped(known);
  if (policy === 'count') return known;
  if (limit !== null && clock.between(since, at) >= limit) return stopped(known);
  return known;
}

const stopped = (state: BreakerState): BreakerState => ({ ...state, held: null, running: false });

/** Stops the clock of a state whose last instant was a breach when an unknown one follows and `policy` is pause. */
export function pauseBefore(
  state: BreakerState,
  spec: BreakerSpec,
  status: Status,
  previous: number,
  clock: Clock,
): BreakerState {
  if (status !== 'unknown' || !state.running || spec.noData.policy !== 'pause') return state;
  return { ...state, held: heldAt(state, previous, clock), heldAt: previous, running: false };
}

/** What an instant does to a breaker whose clock has been ticked. `barred`: an instant that may never open again. */
export function decide(
  state: BreakerState,
  spec: BreakerSpec,
  at: number,
  status: Status,
  clock: Clock,
  barred: boolean,
): { readonly state: BreakerState; readonly step: Step } {
  if (state.phase === 'closed') {
    if (status !== 'breach' || barred || heldAt(state, at, clock) < spec.hold) return { state, step: null };
    if (state.resolvedAt > Number.NEGATIVE_INFINITY && clock.between(state.resolvedAt, at) < spec.cooldown) {
      return { state, step: null };
    }
    return { state: { ...state, phase: 'open', alertAt: at, enteredAt: at }, step: 'opened' };
  }
  if (status === 'recovered') return { state: ended(state, at), step: 'closed' };
  if (status === 'unknown') {
    const { close } = spec.noData;
    if (close === null || clock.between(state.unknownSince, at) < close) return { state, step: null };
    return { state: stopped(ended(state, at)), step: 'no-data' };
  }
  if (
    state.phase === 'half-open' &&
    spec.halfOpen !== null &&
    at >= clock.after(state.enteredAt, spec.halfOpen.trial)
  ) {
    return { state: { ...state, phase: 'open', enteredAt: at }, step: 'reopened' };
  }
  return { state, step: null };
}

/** A breaker whose alert has ended. */
export const ended = (state: BreakerState, at: number): BreakerState => ({
  ...state,
  phase: 'closed',
  alertAt: Number.POSITIVE_INFINITY,
  enteredAt: Number.POSITIVE_INFINITY,
  resolvedAt: at,
});

/** A breaker whose alert ended for want of data: its clock is cleared, too. */
export const endedWithoutData = (state: BreakerState, at: number): BreakerState => stopped(ended(state, at));

/** The earliest time from which an instant of the same status would do something; +∞ = never. */
export function nextEvent(state: BreakerState, spec: BreakerSpec, status: Status, clock: Clock): number {
  const { policy, limit, close } = spec.noData;
  let next = Number.POSITIVE_INFINITY;
  if (status === 'unknown') {
    if (state.held !== null && policy === 'pause' && limit !== null) next = clock.after(state.unknownSince, limit);
    if (state.phase !== 'closed' && close !== null) next = Math.min(next, clock.after(state.unknownSince, close));
    return next;
  }
  // A said alert that ended for want of data has cleared the clock: the next breach starts it.
  if (status === 'breach' && !state.running) return Number.NEGATIVE_INFINITY;
  if (status === 'breach' && state.phase === 'closed') {
    const heldBy = clock.after(state.heldAt, Math.max(0, spec.hold - (state.held ?? 0)));
    const { resolvedAt } = state;
    return resolvedAt === Number.NEGATIVE_INFINITY ? heldBy : Math.max(heldBy, clock.after(resolvedAt, spec.cooldown));
  }
  if (state.phase === 'half-open' && spec.halfOpen !== null && status !== 'recovered') {
    return clock.after(state.enteredAt, spec.halfOpen.trial);
  }
  return next;
}
