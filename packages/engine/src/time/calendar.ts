import type { CalendarSpec } from '../rule.ts';
import { type Zone, zoneOf } from './zone.ts';

const day = 86_400_000;
/** Days looked through for opening hours: a century. */
const longest = 36_600;

/** How durations are counted: in plain time, or in opening hours only. */
export interface Clock {
  /** Open time in [from, to); 0 if to ≤ from. */
  between(from: number, to: number): number;
  /** The earliest instant ≥ from by which `amount` of open time has passed. */
  after(from: number, amount: number): number;
  /** The smallest instant ≥ at that lies in opening hours. */
  openAt(at: number): number;
  /** For an instant out of opening hours: the end of the last ones before it; −∞ = none. */
  closedSince(at: number): number;
}

export const plainClock: Clock = {
  between: (from, to) => Math.max(0, to - from),
  after: (from, amount) => from + amount,
  openAt: (at) => at,
  closedSince: (at) => at,
};

interface Interval {
  readonly start: number;
  readonly end: number;
}

/** Opening hours by wall clock: on `days` but not on `holidays`, from `from` to `to`. */
class Calendar implements Clock {
  readonly #spec: CalendarSpec;
  readonly #zone: Zone;
  readonly #closed: ReadonlySet<number>;
  readonly #intervals = new Map<number, Interval | null>();

  constructor(spec: CalendarSpec, zone: Zone) {
    this.#spec = spec;
    this.#zone = zone;
    this.#closed = new Set(spec.holidays.map((date) => Date.parse(`${date}T00:00:00Z`) / day));
  }

  between(from: number, to: number): number {
    let sum = 0;
    for (const { start, end } of this.#from(from)) {
      if (start >= to) break;
      sum += Math.max(0, Math.min(end, to) - Math.max(start, from));
    }
    return sum;
  }

  after(from: number, amount: number): number {
    if (amount === 0) return from;
    let left = amount;
    for (const { start, end } of this.#from(from)) {
      const begin = Math.max(start, from);
      if (end - begin >= left) return begin + left;
      left -= end - begin;
    }
    return Number.POSITIVE_INFINITY;
  }

  openAt(at: number): number {
    for (const { start, end } of this.#from(at)) if (end > at) return Math.max(start, at);
    return Number.POSITIVE_INFINITY;
  }

  closedSince(at: number): number {
    const first = Math.floor((at + this.#zone.offsetAt(at)) / day) + 1;
    for (let date = first; date > first - longest; date--) {
      const interval = this.#interval(date);
      if (interval !== null && interval.end <= at) return interval.end;
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** Opening hours in order, from the ones that hold or follow `at`; ends after a century without any. */
  *#from(at: number): Generator<Interval> {
    const first = Math.floor((at + this.#zone.offsetAt(at)) / day) - 1;
    for (let date = first; date < first + longest; date++) {
      const interval = this.#interval(date);
      if (interval !== null && interval.end > at) yield interval;
    }
  }

  #interval(date: number): Interval | null {
    let interval = this.#intervals.get(date);
    if (interval === undefined) {
      interval = null;
      if (this.#spec.days.includes((((date + 3) % 7) + 7) % 7) && !this.#closed.has(date)) {
        const start = this.#zone.instantOf(date * day + this.#spec.from).at;
        const end = this.#zone.instantOf(date * day + this.#spec.to).at;
        if (end > start) interval = { start, end };
      }
      this.#intervals.set(date, interval);
    }
    return interval;
  }
}

const calendars = new Map<string, Clock>();
const kept = new WeakMap<CalendarSpec, { readonly zone: string; readonly clock: Clock }>();

/** The clock of a rule: its calendar in its zone, or plain time. */
export function clockOf(spec: CalendarSpec | null, zone: string): Clock {
  if (spec === null) return plainClock;
  const known = kept.get(spec);
  if (known?.zone === zone) return known.clock;
  const key = JSON.stringify([spec, zone]);
  let clock = calendars.get(key);
  if (clock === undefined) {
    clock = new Calendar(spec, zoneOf(zone));
    calendars.set(key, clock);
  }
  kept.set(spec, { zone, clock });
  return clock;
}
