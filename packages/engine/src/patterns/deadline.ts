import type { Desk, SaidAlert } from '../desk.ts';
import { Heap } from '../heap.ts';
import type { EvidenceItem } from '../log.ts';
import type { CompiledRule, DeadlinePattern } from '../rule.ts';
import type { Outcome, Runtime, Taken } from '../runtime.ts';
import { keyReader, type SubjectRef, subjectOf } from '../subject.ts';
import { clockOf } from '../time/calendar.ts';

interface Mark {
  readonly at: number;
  readonly id: string;
  readonly eventId: string | null;
}

interface Start extends Mark {
  /** Until when it has to be stopped, by the version that took it. */
  readonly deadline: number;
}

interface Part {
  readonly subject: SubjectRef;
  /** Ordered by (at, id). */
  readonly starts: Start[];
  readonly stops: Mark[];
  alert: { readonly said: SaidAlert; readonly start: Start } | null;
  /** Said alerts that ended: each owns [start, end]. */
  readonly owned: { readonly from: number; readonly to: number }[];
}

interface Wake {
  readonly at: number;
  readonly key: string;
}

/** Something must follow something else in time (rules.md 3.3). */
export class DeadlineRuntime implements Runtime {
  rule: CompiledRule;
  readonly #desk: Desk;
  readonly #putAt: number;
  readonly #parts = new Map<string, Part>();
  readonly #touched = new Set<string>();
  readonly #wakes = new Heap<Wake>((a, b) => a.at < b.at);
  /** Versions before the one in force, with the tick after which each gave way. */
  #former: { readonly rule: CompiledRule; readonly until: number }[] = [];

  constructor(rule: CompiledRule, putAt: number, desk: Desk) {
    this.rule = rule;
    this.#putAt = putAt;
    this.#desk = desk;
  }

  take(taken: Taken): Outcome {
    const { signal } = taken;
    const pattern = this.rule.pattern as DeadlinePattern;
    const starts = pattern.start.test(signal);
    const stops = pattern.stop.test(signal);
    if (!starts && !stops) return 'unmatched';
    const key = keyReader(this.rule.subject)(signal);
    if (key === undefined) return 'unmatched';
    let part = this.#parts.get(key);
    if (signal.occurredAt < taken.judgedBy - pattern.within - this.rule.lateness) {
      const open = part?.alert?.start;
      if (!stops || open === undefined || signal.occurredAt < open.at) return 'late';
    }
    if (part === undefined) {
      part = { subject: subjectOf(this.rule, signal), starts: [], stops: [], alert: null, owned: [] };
      this.#parts.set(key, part);
    }
    const mark = { at: signal.occurredAt, id: signal.id, eventId: signal.eventId };
    if (stops) insert(part.stops, mark);
    if (starts) insert(part.starts, { ...mark, deadline: this.#clock().after(mark.at, pattern.within) });
    this.#touched.add(key);
    return 'accepted';
  }

  acknowledge(): boolean {
    return false;
  }

  nextDue(): number {
    return this.#touched.size > 0 ? Number.NEGATIVE_INFINITY : (this.#wakes.peek()?.at ?? Number.POSITIVE_INFINITY);
  }

  decide(now: number): void {
    for (let wake = this.#wakes.peek(); wake !== undefined && wake.at <= now; wake = this.#wakes.peek()) {
      this.#wakes.pop();
      this.#touched.add(wake.key);
    }
    for (const key of this.#touched) {
      const part = this.#parts.get(key);
      if (part !== undefined) this.#decidePart(key, part, now);
    }
    this.#touched.clear();
    this.#former = this.#former.filter(({ rule, until }) => until + rule.lateness >= now);
  }

  keep(rule: CompiledRule, now: number): void {
    this.#former.push({ rule: this.rule, until: now });
    this.rule = rule;
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

  #versionAt(at: number): CompiledRule {
    return this.#former.find(({ until }) => at <= until)?.rule ?? this.rule;
  }

  #decidePart(key: string, part: Part, now: number): void {
    this.#endOpen(part, now);
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
      if (start.deadline > this.#putAt && !this.#reaches(part, start.at, Math.max(cursor, start.deadline))) {
        this.#say(part, start, stop);
      }
      if (stop === undefined) break;
    }
    if (wakeAt < Number.POSITIVE_INFINITY) this.#wakes.push({ at: wakeAt, key });
    this.#forget(key, part, now);
  }

  /** Ends the open alert if its stop is there by now. */
  #endOpen(part: Part, now: number): void {
    if (part.alert === null) return;
    const { said, start } = part.alert;
    const stop = part.stops.find(({ at }) => at >= start.at);
    if (stop === undefined) return;
    const values = { elapsedMs: stop.at - start.at };
    const evidence = [evidenceOf(start, 'start'), evidenceOf(stop, 'stop')];
    const inTime = stop.at <= start.deadline;
    part.alert = null;
    if (inTime && now <= said.openedAt + this.#versionAt(said.openedAt).lateness) {
      const rule = this.#versionAt(said.openedAt);
      this.#desk.withdrawn(rule, said, { at: said.openedAt, state: said.openState, values, evidence });
      return;
    }
    this.#desk.resolved(this.#versionAt(stop.at), said, { at: stop.at, state: 'answered', values, evidence });
    part.owned.push({ from: start.at, to: stop.at });
  }

  #reaches(part: Part, from: number, to: number): boolean {
    return (
      part.owned.some((said) => from <= said.to && said.from <= to) ||
      (part.alert !== null && to >= part.alert.start.at)
    );
  }

  #say(part: Part, start: Start, stop: Mark | undefined): void {
    const rule = this.#versionAt(start.deadline);
    const said = this.#desk.opened(rule, part.subject, {
      at: start.deadline,
      state: 'overdue',
      values: {},
      evidence: [evidenceOf(start, 'start')],
    });
    part.alert = { said, start };
    if (stop !== undefined) this.#endOpen(part, this.#desk.now);
  }

  /** Drops what no signal that is still accepted can touch. */
  #forget(key: string, part: Part, now: number): void {
    const { within } = this.rule.pattern as DeadlinePattern;
    const horizon = now - within - this.rule.lateness;
    while (part.owned[0] !== undefined && part.owned[0].to < horizon) part.owned.shift();
    while (part.alert === null && part.starts[0] !== undefined && part.starts[0].at < horizon) {
      const first = part.starts[0].at;
      const stop = part.stops.find(({ at }) => at >= first);
      if (stop === undefined || stop.at >= horizon) break;
      while (part.starts[0] !== undefined && part.starts[0].at <= stop.at) part.starts.shift();
    }
    const oldest = part.starts[0]?.at ?? Number.POSITIVE_INFINITY;
    while (part.stops[0] !== undefined && part.stops[0].at < Math.min(horizon, oldest)) part.stops.shift();
    const empty = part.alert === null && part.starts.length + part.stops.length + part.owned.length === 0;
    if (empty) this.#parts.delete(key);
    else if (part.alert === null) this.#wakes.push({ at: now + within + this.rule.lateness + 1, key });
  }
}

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
