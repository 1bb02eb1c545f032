import type { Desk } from '../desk.ts';
import type { Explanation } from '../explanation.ts';
import { Wakes } from '../patterns/wakes.ts';
import type { CompiledRule } from '../rule.ts';
import type { Statement } from '../said-alert.ts';
import { type Clock, clockOf } from '../time/calendar.ts';
import type { Versions } from '../versions.ts';
import {
  type BreakerState,
  closedBreaker,
  decide,
  ended,
  endedWithoutData,
  heldAt,
  nextEvent,
  pauseBefore,
  type Status,
  type Step,
  tickClock,
} from './breaker.ts';
import type { Cohorts } from './cohorts.ts';
import { explained, tooEarly } from './explain.ts';
import { instantsOf, lastInstantOf } from './instants.ts';
import type { LateArrivals } from './late-arrivals.ts';
import { beginningOf, changed, hide, type Member, type Owned, rejoin, stateOf, unacknowledge } from './member.ts';
import type { Meter, Reading, Series, Totals } from './meter.ts';
import { Said } from './said.ts';

const clockFor = (rule: CompiledRule): Clock => clockOf(rule.calendar, rule.zone);

/** Takes the members of a rule from instant to instant and from timer to timer (rules.md 3.2, 3.4, 3.5). */
export class Advance<S extends Series, P> {
  /** Instants up to here were decided by earlier ticks: what happens there now is a correction. */
  decidedTo = Number.NEGATIVE_INFINITY;
  readonly #meter: Meter<S, P>;
  readonly #versions: Versions;
  readonly #said: Said<S>;
  readonly #cohorts: Cohorts<S> | null;
  readonly #late: LateArrivals<S>;
  /** When to visit which member: its next instant or timer. */
  readonly wakes = new Wakes<Member<S>>();

  constructor(meter: Meter<S, P>, versions: Versions, desk: Desk, late: LateArrivals<S>, cohorts: Cohorts<S> | null) {
    this.#meter = meter;
    this.#versions = versions;
    this.#said = new Said(desk, versions, late);
    this.#late = late;
    this.#cohorts = cohorts;
  }

  /** Takes note of where a member stands among the others when its instants have been decided again. */
  place(member: Member<S>): void {
    this.#cohorts?.place(member, this.lastInstant(member, this.decidedTo));
  }

  /** Sees to it that a member is visited at an instant; its timer stays as it is. */
  visit(member: Member<S>, at: number): void {
    if (at >= member.nextInstant) return;
    member.nextInstant = at;
    if (at < member.wake.at) this.wakes.set(member.wake, at);
  }

  /** The first instant ≥ at that the subject has. */
  instantFrom(member: Member<S>, at: number): number {
    const from = Math.max(at, beginningOf(member));
    if (from === Number.POSITIVE_INFINITY) return from;
    for (const segment of this.#versions.segments()) {
      if (segment.until < from) continue;
      const instant = instantsOf(segment.rule).from(Math.max(from, segment.from + 1));
      if (instant <= segment.until) return instant;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Sets the member's wake to its next instant or timer. */
  schedule(member: Member<S>): void {
    this.wakes.set(member.wake, Math.min(member.nextInstant, this.#halfOpening(member).at));
  }

  /** Does what is due at `at`, the member's wake: a timer, an acknowledgement or an instant. */
  step(member: Member<S>, at: number): void {
    const opening = this.#halfOpening(member);
    if (opening.at === at && (opening.acknowledged || member.nextInstant !== at)) this.#halfOpen(member, at);
    else if (member.nextInstant === at) this.#instant(member, at);
    this.schedule(member);
  }

  /** Says what is still open of the openings that were derived. */
  finish(member: Member<S>): void {
    this.#said.finish(member);
    member.tail = null;
  }

  /** The subject at its last instant ≤ at. */
  explain(member: Member<S>, at: number): Explanation {
    const instant = this.lastInstant(member, Math.min(at, this.decidedTo));
    if (instant === Number.NEGATIVE_INFINITY) return tooEarly(at, this.instantFrom(member, this.decidedTo + 1));
    const rule = this.#versions.at(instant);
    const state = member.changes.findLast((change) => change.at <= instant)?.state ?? closedBreaker;
    const reading = this.#read(rule, member, instant);
    return explained(rule, this.#meter.breaker(rule), clockFor(rule), instant, reading, state);
  }

  #instant(member: Member<S>, at: number): void {
    const rule = this.#versions.at(at);
    const clock = clockFor(rule);
    const spec = this.#meter.breaker(rule);
    const measured = this.#late.at(member, at);
    const status = this.#meter.status(rule, measured, at, this.#totals(rule, member, at));
    const state = this.#ticked(member, rule, at, status);
    const owner = member.owned.find((owned) => owned.at <= at && at <= owned.end);
    if (owner === undefined) {
      const barred = member.barred.includes(at);
      const decided = decide(state, spec, at, status, clock, barred);
      this.#change(member, at, decided.state);
      this.#follow(member, rule, at, decided.step, decided.state);
    } else {
      if (this.#goneBack(member, at)) return;
      hide(member, owner.at);
      this.#change(member, at, underOwner(state, owner, at));
    }
    const alert = member.alert?.said;
    if (alert !== undefined && alert.openedAt === at) {
      if (stateOf(member).phase !== 'closed' && this.#goneBack(member, at)) return;
      this.#meet(member, rule, at);
    }
    const isNew = at > this.decidedTo;
    if (isNew) this.#cohorts?.place(member, at);
    const next = Math.min(
      this.#meter.quietUntil(rule, measured, at),
      this.#late.changesAfter(member, at),
      // At new instants the cohort is looked at as a whole.
      isNew ? Number.POSITIVE_INFINITY : (this.#cohorts?.changesAfter(rule, member, at) ?? Number.POSITIVE_INFINITY),
      nextEvent(stateOf(member), spec, status, clock),
      this.#versions.untilOf(at) + 1,
      endAfter(member.owned, at),
      alert !== undefined && alert.openedAt > at ? alert.openedAt : Number.POSITIVE_INFINITY,
    );
    member.nextInstant = this.instantFrom(member, Math.max(next, at + 1));
    if (!isNew) rejoin(member, at, clock);
  }

  /** True if the way to `at`, where a said alert hides what waits to be said, is gone again without acknowledgements. */
  #goneBack(member: Member<S>, at: number): boolean {
    const from = unacknowledge(member, at);
    if (from === Number.POSITIVE_INFINITY) return false;
    member.nextInstant = this.instantFrom(member, from);
    return true;
  }

  /** The state with its clock after an instant; a version that takes over goes on from the former one's clock. */
  #ticked(member: Member<S>, rule: CompiledRule, at: number, status: Status): BreakerState {
    const state = stateOf(member);
    const spec = this.#meter.breaker(rule);
    const clock = clockFor(rule);
    if (!state.running) return tickClock(state, spec, at, status, clock);
    // Instants of versions that are forgotten are not known any more; the clock was set at one of them.
    const previous = Math.max(this.lastInstant(member, at - 1), state.heldAt);
    const former = this.#versions.at(state.heldAt);
    if (former === rule) return tickClock(pauseBefore(state, spec, status, previous, clock), spec, at, status, clock);
    const carried = { ...state, held: heldAt(state, previous, clockFor(former)), heldAt: previous };
    const ticked = tickClock(pauseBefore(carried, spec, status, previous, clock), spec, at, status, clock);
    return ticked.running ? { ...ticked, held: heldAt(ticked, at, clock), heldAt: at } : ticked;
  }

  #follow(member: Member<S>, rule: CompiledRule, at: number, step: Step, state: BreakerState): void {
    if (step === null) return;
    const reading = this.#read(rule, member, at);
    const { words } = this.#meter.breaker(rule);
    const word = step === 'closed' ? words.closed : step === 'no-data' ? 'no-data' : words.open;
    const statement = this.#statement(at, word, reading, state);
    if (step === 'opened') this.#said.opened(member, rule, statement, this.decidedTo);
    else if (step === 'reopened') this.#said.updated(member, rule, statement, at > this.decidedTo);
    else this.#said.resolved(member, rule, statement, step === 'no-data');
  }

  /** A correction has come to the instant of the alert that is open: it stays as said, or it is withdrawn. */
  #meet(member: Member<S>, rule: CompiledRule, at: number): void {
    const state = stateOf(member);
    if (state.phase !== 'closed') {
      hide(member, at);
      if (state.alertAt !== at) this.#change(member, at, { ...state, alertAt: at });
      return;
    }
    const { said, values } = member.alert as NonNullable<Member<S>['alert']>;
    const reading = this.#read(rule, member, at);
    const statement = this.#statement(at, said.openState, reading, state);
    const repeated = this.#meter.repeatsSaid
      ? {
          ...(values.value === undefined ? {} : { saidValue: values.value }),
          ...(values.reference === undefined ? {} : { saidReference: values.reference }),
        }
      : {};
    this.#said.withdrawn(member, rule, { ...statement, values: { ...statement.values, ...repeated } });
  }

  #halfOpen(member: Member<S>, at: number): void {
    const opening = this.#halfOpening(member);
    const rule = this.#versions.at(at);
    const state: BreakerState = { ...stateOf(member), phase: 'half-open', enteredAt: at };
    const last = this.lastInstant(member, opening.acknowledged ? at - 1 : at);
    const read = this.#versions.at(last);
    const reading = this.#read(read, member, last);
    this.#change(member, at, state);
    const statement = this.#statement(at, 'half-open', reading, state, last);
    this.#said.updated(member, rule, statement, at > this.decidedTo);
    const due = nextEvent(state, this.#meter.breaker(rule), reading.status, clockFor(rule));
    member.nextInstant = Math.min(member.nextInstant, this.instantFrom(member, Math.max(due, at + 1)));
    if (opening.acknowledged && this.instantFrom(member, at) === at) member.nextInstant = at;
  }

  /** When what is open becomes half-open: by an acknowledgement, or by time. */
  #halfOpening(member: Member<S>): { readonly at: number; readonly acknowledged: boolean } {
    const state = stateOf(member);
    if (state.phase !== 'open') return never;
    let acknowledgedAt = Number.POSITIVE_INFINITY;
    // What is open as it was said may, by a correction, have opened earlier.
    const saidAt = member.alert?.said.openedAt ?? Number.NEGATIVE_INFINITY;
    for (const { at, alertAt } of member.acknowledged) {
      const named = state.alertAt <= saidAt && saidAt <= at ? saidAt : state.alertAt;
      if (alertAt !== named || at < alertAt || at <= state.enteredAt || at >= acknowledgedAt) continue;
      if (this.#meter.breaker(this.#versions.at(at)).halfOpen !== null) acknowledgedAt = at;
    }
    for (const { rule, from, until } of this.#versions.segments()) {
      const { halfOpen } = this.#meter.breaker(rule);
      if (halfOpen === null) continue;
      const at = Math.max(clockFor(rule).after(state.enteredAt, halfOpen.after), from + 1);
      if (at > until) continue;
      return acknowledgedAt <= at ? { at: acknowledgedAt, acknowledged: true } : { at, acknowledged: false };
    }
    return { at: acknowledgedAt, acknowledged: true };
  }

  /** The subject's last instant ≤ at; −∞ = none. */
  lastInstant(member: Member<S>, at: number): number {
    const instant = lastInstantOf(this.#versions, at);
    return instant >= beginningOf(member) ? instant : Number.NEGATIVE_INFINITY;
  }

  #read(rule: CompiledRule, member: Member<S>, at: number): Reading {
    return this.#meter.read(rule, this.#late.at(member, at), at, this.#totals(rule, member, at));
  }

  #totals(rule: CompiledRule, member: Member<S>, at: number): Totals | null {
    return this.#cohorts?.totals(rule, member, at) ?? null;
  }

  #change(member: Member<S>, at: number, state: BreakerState): void {
    if (state !== stateOf(member)) changed(member, { at, state });
  }

  #statement(at: number, state: string, reading: Reading, breaker: BreakerState, instant = at): Statement {
    const held = this.#meter.holds ? { heldMs: heldAt(breaker, instant, clockFor(this.#versions.at(instant))) } : {};
    return { at, state, values: { ...reading.before, ...held, ...reading.after }, evidence: [] };
  }
}

const never = { at: Number.POSITIVE_INFINITY, acknowledged: false };

/** Within a said alert that ended the breaker is open, and at its end it closes, as it was said. */
function underOwner(state: BreakerState, owner: Owned, at: number): BreakerState {
  if (at >= owner.end) return owner.withoutData ? endedWithoutData(state, owner.end) : ended(state, owner.end);
  if (state.phase !== 'closed') return state;
  return { ...state, phase: 'open', alertAt: owner.at, enteredAt: owner.at };
}

/** The next end of a said alert that ended; +∞ = none. */
function endAfter(owned: readonly Owned[], at: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { end } of owned) if (end > at) next = Math.min(next, end);
  return next;
}
