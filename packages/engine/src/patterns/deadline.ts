import type { Desk } from '../desk.ts';
import type { Explanation } from '../explanation.ts';
import { isoOf } from '../format.ts';
import { leastKept } from '../least-kept.ts';
import type { EvidenceItem } from '../log.ts';
import type { CompiledRule, DeadlinePattern } from '../rule.ts';
import type { Outcome, Runtime, Taken } from '../runtime.ts';
import type { SaidAlert } from '../said-alert.ts';
import { subjectKey, subjectOf } from '../subject.ts';
import { clockOf } from '../time/calendar.ts';
import type { Versions } from '../versions.ts';
import { DeadlinePart, type Mark, type Start, type Stop } from './deadline-part.ts';
import { NeededSince } from './needed-since.ts';
import { Wakes } from './wakes.ts';

/** Something must follow something else in time (rules.md 3.3). */
export class DeadlineRuntime implements Runtime {
  readonly #desk: Desk;
  readonly #versions: Versions;
  readonly #parts = new Map<string, DeadlinePart>();
  readonly changed = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #wakes = new Wakes<string>();
  /** Starts of open alerts: what ends them belongs to the version of its own time, as old as that may be. */
  readonly #open = new NeededSince();

  constructor(versions: Versions, desk: Desk) {
    this.#versions = versions;
    this.#desk = desk;
  }

  get rule(): CompiledRule {
    return this.#versions.current;
  }

  get versions(): Versions {
    return this.#versions;
  }

  exportHead(): unknown {
    return null;
  }

  importHead(): void {}

  *exportParts(): Iterable<readonly [string, unknown]> {
    for (const [key, part] of this.#parts) yield [key, part.export()];
  }

  keys(): Iterable<string> {
    return this.#parts.keys();
  }

  exportPart(key: string): unknown {
    return this.#parts.get(key)?.export();
  }

  importPart(key: string, state: unknown, adopt: (alert: SaidAlert) => void): void {
    const { part, wakeAt } = DeadlinePart.import(key, state);
    this.#parts.set(key, part);
    // To look earlier than who goes on without a restore would be to forget earlier.
    this.#wakes.set(part.wake, wakeAt);
    if (part.alert !== null) adopt(part.alert.said);
    this.#setOpen(key, part);
  }

  take(taken: Taken): Outcome {
    const { signal } = taken;
    const pattern = this.rule.pattern as DeadlinePattern;
    const starts = pattern.start.test(signal);
    const stops = pattern.stop.test(signal);
    if (!starts && !stops) return 'unmatched';
    const key = subjectKey(this.rule, signal);
    if (key === undefined) return 'unmatched';
    let part = this.#parts.get(key);
    if (signal.occurredAt < taken.judgedBy - pattern.within - this.rule.lateness) {
      const open = part?.alert?.start;
      if (!stops || open === undefined || signal.occurredAt < open.at) return 'late';
    }
    if (part === undefined) {
      part = new DeadlinePart(key, subjectOf(this.rule, signal));
      this.#parts.set(key, part);
    }
    const { id, eventId, occurredAt: at } = signal;
    if (stops) part.takeStop({ at, id, eventId, arrivedAt: taken.arrivedAt });
    if (starts) part.takeStart({ at, id, eventId, deadline: this.#clock().after(at, pattern.within) });
    this.#touched.add(key);
    return 'accepted';
  }

  acknowledge(): boolean {
    return false;
  }

  nextDue(): number {
    return this.#touched.size > 0 ? Number.NEGATIVE_INFINITY : this.#wakes.next();
  }

  decide(now: number): void {
    for (let key = this.#wakes.take(now); key !== undefined; key = this.#wakes.take(now)) this.#touched.add(key);
    for (const key of this.#touched) {
      this.changed.add(key);
      const part = this.#parts.get(key);
      if (part !== undefined) this.#decidePart(key, part, now);
    }
    this.#touched.clear();
    this.#versions.forget(now, Math.min(this.#open.least, now - this.#kept));
  }

  keep(rule: CompiledRule, now: number): void {
    this.#versions.change(rule, now);
  }

  explain(key: string, at: number): Explanation | null {
    const part = this.#parts.get(key);
    if (part === undefined) return null;
    if (part.alert !== null) {
      return { at, standing: 'overdue', values: { elapsedMs: at - part.alert.start.at }, missing: [] };
    }
    const stop = part.stopBefore(at + 1);
    const start = part.startAfter(stop?.at ?? Number.NEGATIVE_INFINITY);
    if (start === undefined || start.at > at) {
      const answered = stop === undefined ? '' : `: the last stop came at ${isoOf(stop.at)}`;
      return { at, standing: 'nothing due', values: {}, missing: [`a start that is not stopped${answered}`] };
    }
    const missing = [`the deadline: it is ${isoOf(start.deadline)}`];
    return { at, standing: 'waiting', values: { elapsedMs: at - start.at }, missing };
  }

  end(state: string, now: number): void {
    for (const { alert } of this.#parts.values()) {
      if (alert === null) continue;
      this.#desk.resolved(this.rule, alert.said, {
        at: now,
        state,
        values: {},
        evidence: [evidenceOf(alert.start, 'start')],
      });
    }
  }

  #setOpen(key: string, { alert }: DeadlinePart): void {
    this.#open.set(key, alert?.start.at ?? Number.POSITIVE_INFINITY);
  }

  /** How long starts and stops are kept: as long as they are accepted, and a version that looks further back can follow. */
  get #kept(): number {
    return (this.rule.pattern as DeadlinePattern).within + Math.max(this.rule.lateness, leastKept);
  }

  #clock() {
    return clockOf(this.rule.calendar, this.rule.zone);
  }

  #decidePart(key: string, part: DeadlinePart, now: number): void {
    this.#endOpen(part);
    const wakeAt = this.#decideStarts(part, now);
    this.#setOpen(key, part);
    this.#wakes.set(part.wake, Math.min(wakeAt, this.#forget(key, part, now)));
  }

  /** Decides what is to be decided of a subject; returns when the next start is due if nothing stops it. */
  #decideStarts(part: DeadlinePart, now: number): number {
    let cursor = Number.NEGATIVE_INFINITY;
    for (const { after, to } of part.stretches()) {
      cursor = Math.max(cursor, after);
      for (let start = part.startAfter(cursor); start !== undefined && start.at <= to; ) {
        const owned = part.ownedTo(start.at);
        const stop = part.stopOf(start);
        if (owned === Number.NEGATIVE_INFINITY) {
          const wakeAt = this.#decideStart(part, start, stop, now);
          if (wakeAt !== null) {
            part.decidedTo = start.at;
            return wakeAt;
          }
        }
        cursor = owned > Number.NEGATIVE_INFINITY ? owned : (stop?.at ?? Number.POSITIVE_INFINITY);
        start = part.startAfter(cursor);
      }
    }
    part.decidedTo = Number.POSITIVE_INFINITY;
    return Number.POSITIVE_INFINITY;
  }

  /** Null, or when to go on where nothing behind a start can be decided yet. */
  #decideStart(part: DeadlinePart, start: Start, stop: Stop | undefined, now: number): number | null {
    if (part.alert !== null && start.at >= part.alert.start.at) return Number.POSITIVE_INFINITY;
    const end = stop?.at ?? Number.POSITIVE_INFINITY;
    if (end <= start.deadline) return null;
    if (start.deadline > now) return start.deadline;
    const sayable = start.deadline > this.#versions.putAt && !part.hasOpened(start.deadline);
    if (sayable && !part.meetsSaid(start.at, Math.max(end, start.deadline))) this.#say(part, start, stop);
    return stop === undefined ? Number.POSITIVE_INFINITY : null;
  }

  /** Ends the open alert if its stop is there by now. */
  #endOpen(part: DeadlinePart): void {
    if (part.alert === null) return;
    const { said, start } = part.alert;
    const stop = part.stopOf(start);
    if (stop === undefined) return;
    part.alert = null;
    this.#end(part, said, start, stop);
  }

  #end(part: DeadlinePart, said: SaidAlert, start: Start, stop: Stop): void {
    const rule = this.#versions.at(said.openedAt);
    const values = { elapsedMs: stop.at - start.at };
    const evidence = [evidenceOf(start, 'start'), evidenceOf(stop, 'stop')];
    if (stop.at <= start.deadline && stop.arrivedAt <= said.openedAt + rule.lateness) {
      this.#desk.withdrawn(rule, said, { at: said.openedAt, state: said.openState, values, evidence });
      return;
    }
    this.#desk.resolved(this.#versions.at(stop.at), said, { at: stop.at, state: 'answered', values, evidence });
    part.own({ from: start.at, to: stop.at });
  }

  #say(part: DeadlinePart, start: Start, stop: Stop | undefined): void {
    const rule = this.#versions.at(start.deadline);
    const said = this.#desk.opened(rule, part.subject, {
      at: start.deadline,
      state: 'overdue',
      values: {},
      evidence: [evidenceOf(start, 'start')],
    });
    part.open(start.deadline);
    if (stop === undefined) part.alert = { said, start };
    else this.#end(part, said, start, stop);
  }

  /** Drops what no signal that is still accepted can touch; returns when to look again. */
  #forget(key: string, part: DeadlinePart, now: number): number {
    const kept = this.#kept;
    const last = part.forget(now - kept);
    if (part.alert !== null) return Number.POSITIVE_INFINITY;
    if (last > Number.NEGATIVE_INFINITY) return Math.max(last, now) + kept + 1;
    this.#parts.delete(key);
    return Number.POSITIVE_INFINITY;
  }
}

const evidenceOf = (mark: Mark, role: string): EvidenceItem => ({
  eventId: mark.eventId,
  signalId: mark.id,
  occurredAt: mark.at,
  role,
});
