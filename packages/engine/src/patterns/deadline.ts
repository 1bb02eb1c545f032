import type { Desk } from '../desk.ts';
import type { Explanation } from '../explanation.ts';
import { isoOf } from '../format.ts';
import type { EvidenceItem } from '../log.ts';
import type { CompiledRule, DeadlinePattern } from '../rule.ts';
import type { Outcome, Runtime, Taken } from '../runtime.ts';
import type { SaidAlert } from '../said-alert.ts';
import { type SubjectRef, subjectKey, subjectOf } from '../subject.ts';
import { clockOf } from '../time/calendar.ts';
import type { Versions } from '../versions.ts';
import { type Wake, Wakes, wakeOf } from './wakes.ts';

interface Mark {
  readonly at: number;
  readonly id: string;
  readonly eventId: string | null;
  readonly arrivedAt: number;
}

interface Start extends Mark {
  /** Until when it has to be stopped, by the version that took it. */
  readonly deadline: number;
}

interface Part {
  readonly subject: SubjectRef;
  readonly wake: Wake<string>;
  /** Ordered by (at, id). */
  readonly starts: Start[];
  readonly stops: Mark[];
  alert: { readonly said: SaidAlert; readonly start: Start } | null;
  /** Said alerts that ended: each owns [start, end]. */
  owned: { readonly from: number; readonly to: number }[];
  /** Instants at which an alert was opened: none opens twice, also where a calendar gives two starts one deadline. */
  opened: number[];
}

/** Something must follow something else in time (rules.md 3.3). */
export class DeadlineRuntime implements Runtime {
  readonly #desk: Desk;
  readonly #versions: Versions;
  readonly #parts = new Map<string, Part>();
  readonly changed = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #wakes = new Wakes<string>();

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
    for (const [key, part] of this.#parts) yield [key, exported(part)];
  }

  exportPart(key: string): unknown {
    const part = this.#parts.get(key);
    return part === undefined ? undefined : exported(part);
  }

  importPart(key: string, state: unknown, adopt: (alert: SaidAlert) => void): void {
    const part = { ...(state as Omit<Part, 'wake'>), wake: wakeOf(key) };
    this.#parts.set(key, part);
    this.#touched.add(key);
    if (part.alert !== null) adopt(part.alert.said);
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
      const subject = subjectOf(this.rule, signal);
      part = { subject, wake: wakeOf(key), starts: [], stops: [], alert: null, owned: [], opened: [] };
      this.#parts.set(key, part);
    }
    const { id, eventId } = signal;
    const mark = { at: signal.occurredAt, id, eventId, arrivedAt: taken.arrivedAt };
    if (stops) insert(part.stops, mark);
    if (starts) insert(part.starts, { ...mark, deadline: this.#clock().after(mark.at, pattern.within) });
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
    this.#versions.forget(now);
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
    const stop = part.stops.findLast((each) => each.at <= at);
    const start = part.starts.find((each) => each.at <= at && each.at > (stop?.at ?? Number.NEGATIVE_INFINITY));
    if (start === undefined) {
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

  #clock() {
    return clockOf(this.rule.calendar, this.rule.zone);
  }

  #decidePart(key: string, part: Part, now: number): void {
    this.#endOpen(part);
    let cursor = Number.NEGATIVE_INFINITY;
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const start of part.starts) {
      if (start.at <= cursor || part.owned.some(({ from, to }) => from <= start.at && start.at <= to)) continue;
      if (part.alert !== null && start.at >= part.alert.start.at) break;
      const stop = part.stops.find(({ at }) => at >= start.at);
      cursor = stop?.at ?? Number.POSITIVE_INFINITY;
      if (cursor <= start.deadline) continue;
      if (start.deadline > now) {
        wakeAt = start.deadline;
        break;
      }
      if (this.#sayable(part, start.deadline) && !this.#reaches(part, start.at, Math.max(cursor, start.deadline))) {
        this.#say(part, start, stop);
      }
      if (stop === undefined) break;
    }
    this.#wakes.set(part.wake, Math.min(wakeAt, this.#forget(key, part, now)));
  }

  /** Ends the open alert if its stop is there by now. */
  #endOpen(part: Part): void {
    if (part.alert === null) return;
    const { said, start } = part.alert;
    const stop = part.stops.find(({ at }) => at >= start.at);
    if (stop === undefined) return;
    part.alert = null;
    this.#end(part, said, start, stop);
  }

  #end(part: Part, said: SaidAlert, start: Start, stop: Mark): void {
    const rule = this.#versions.at(said.openedAt);
    const values = { elapsedMs: stop.at - start.at };
    const evidence = [evidenceOf(start, 'start'), evidenceOf(stop, 'stop')];
    if (stop.at <= start.deadline && stop.arrivedAt <= said.openedAt + rule.lateness) {
      this.#desk.withdrawn(rule, said, { at: said.openedAt, state: said.openState, values, evidence });
      return;
    }
    this.#desk.resolved(this.#versions.at(stop.at), said, { at: stop.at, state: 'answered', values, evidence });
    part.owned.push({ from: start.at, to: stop.at });
  }

  #sayable(part: Part, deadline: number): boolean {
    return deadline > this.#versions.putAt && !part.opened.includes(deadline);
  }

  #reaches(part: Part, from: number, to: number): boolean {
    return (
      part.owned.some((said) => from <= said.to && said.from <= to) ||
      (part.alert !== null && to >= part.alert.start.at)
    );
  }

  #say(part: Part, start: Start, stop: Mark | undefined): void {
    const rule = this.#versions.at(start.deadline);
    const said = this.#desk.opened(rule, part.subject, {
      at: start.deadline,
      state: 'overdue',
      values: {},
      evidence: [evidenceOf(start, 'start')],
    });
    part.opened.push(start.deadline);
    if (stop === undefined) part.alert = { said, start };
    else this.#end(part, said, start, stop);
  }

  /** Drops what no signal that is still accepted can touch; returns when to look again. */
  #forget(key: string, part: Part, now: number): number {
    const kept = (this.rule.pattern as DeadlinePattern).within + this.rule.lateness;
    const horizon = now - kept;
    part.owned = part.owned.filter(({ to }) => to >= horizon);
    part.opened = part.opened.filter((at) => at >= horizon);
    let first = part.starts[0];
    while (first !== undefined && first.at < horizon) {
      const from = first.at;
      const stop = part.stops.find(({ at }) => at >= from);
      if (stop === undefined || stop.at >= horizon) break;
      while (first !== undefined && first.at <= stop.at) {
        part.starts.shift();
        first = part.starts[0];
      }
    }
    const oldest = Math.min(horizon, first?.at ?? Number.POSITIVE_INFINITY);
    while (part.stops[0] !== undefined && part.stops[0].at < oldest) part.stops.shift();
    if (part.alert !== null) return Number.POSITIVE_INFINITY;
    const last = Math.max(
      ...[part.starts.at(-1)?.at, part.stops.at(-1)?.at, part.owned.at(-1)?.to, part.opened.at(-1)].map(
        (at) => at ?? -Infinity,
      ),
    );
    if (last > Number.NEGATIVE_INFINITY) return Math.max(last, now) + kept + 1;
    this.#parts.delete(key);
    return Number.POSITIVE_INFINITY;
  }
}

const exported = ({ wake: _wake, ...rest }: Part): unknown => rest;

const evidenceOf = (mark: Mark, role: string): EvidenceItem => ({
  eventId: mark.eventId,
  signalId: mark.id,
  occurredAt: mark.at,
  role,
});

/** Inserts in the order of (at, id); most come last. */
export function insert<M extends Mark>(marks: M[], mark: M): void {
  let i = marks.length;
  while (i > 0) {
    const before = marks[i - 1] as M;
    if (before.at < mark.at || (before.at === mark.at && before.id < mark.id)) break;
    i--;
  }
  marks.splice(i, 0, mark);
}
