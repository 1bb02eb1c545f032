import type { CompiledRule, Period } from '../rule.ts';
import { clockOf } from '../time/calendar.ts';
import { type Zone, zoneOf } from '../time/zone.ts';
import type { Versions } from '../versions.ts';

const day = 86_400_000;
/** Spans of opening hours looked through for one that holds an instant: some hold none, ever. */
const patience = 1000;

/** The instants at which a rule is evaluated. */
export interface Instants {
  /** The smallest instant ≥ at; +∞ = none. */
  from(at: number): number;
  /** The largest instant ≤ at; −∞ = none. */
  upTo(at: number): number;
}

/** Whole multiples of `every` since the epoch, in opening hours if there is a calendar. */
function multiples(rule: CompiledRule, every: number): Instants {
  const ceil = (at: number): number => Math.ceil(at / every) * every;
  const floor = (at: number): number => Math.floor(at / every) * every;
  if (rule.calendar === null) return { from: ceil, upTo: floor };
  const clock = clockOf(rule.calendar, rule.zone);
  const from = (at: number): number => {
    let candidate = ceil(at);
    for (let tries = 0; tries < patience; tries++) {
      const open = clock.openAt(candidate);
      if (open === candidate || open === Number.POSITIVE_INFINITY) return open;
      candidate = ceil(open);
    }
    return Number.POSITIVE_INFINITY;
  };
  const upTo = (at: number): number => {
    let candidate = floor(at);
    for (let tries = 0; tries < patience && clock.openAt(candidate) !== candidate; tries++) {
      const closing = clock.closedSince(candidate);
      if (closing === Number.NEGATIVE_INFINITY) return closing;
      candidate = floor(closing - 1);
    }
    return clock.openAt(candidate) === candidate ? candidate : Number.NEGATIVE_INFINITY;
  };
  return { from, upTo };
}

/** The window that an end of a period closes. */
export interface PeriodWindow {
  readonly start: number;
  readonly end: number;
}

/** Days, weeks (from Monday) and months of a zone's wall clock. */
class Periods implements Instants {
  readonly #period: Period;
  readonly #zone: Zone;

  constructor(period: Period, zone: Zone) {
    this.#period = period;
    this.#zone = zone;
  }

  from(at: number): number {
    const local = this.#localStart(at);
    for (let n = 0; ; n++) {
      const end = this.#instant(local, n);
      if (end >= at) return end;
    }
  }

  upTo(at: number): number {
    const local = this.#localStart(at);
    for (let n = 2; ; n--) {
      const end = this.#instant(local, n);
      if (end <= at) return end;
    }
  }

  /** The window that ends at the instant `end`. */
  windowOf(end: number): PeriodWindow {
    return { start: this.upTo(end - 1), end };
  }

  /** Wall-clock start of the period that holds an instant, as days since 1970. */
  #localStart(at: number): number {
    const date = Math.floor((at + this.#zone.offsetAt(at)) / day);
    if (this.#period === 'day') return date;
    if (this.#period === 'week') return date - ((((date + 3) % 7) + 7) % 7);
    const first = new Date(date * day);
    return Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), 1) / day;
  }

  /** The instant at which the n-th period after the one from `start` begins. */
  #instant(start: number, n: number): number {
    if (this.#period !== 'month') return this.#zone.instantOf((start + n * (this.#period === 'day' ? 1 : 7)) * day).at;
    const first = new Date(start * day);
    return this.#zone.instantOf(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + n, 1)).at;
  }
}

const kept = new WeakMap<CompiledRule, Instants>();

/** The instants of a rule whose pattern is ratio, threshold or surge. */
export function instantsOf(rule: CompiledRule): Instants {
  let instants = kept.get(rule);
  if (instants === undefined) {
    const { pattern } = rule;
    if (pattern.kind === 'pair' || pattern.kind === 'deadline') throw new RangeError(`${pattern.kind} has no instants`);
    if (pattern.kind === 'threshold') {
      const { window } = pattern;
      instants = typeof window === 'string' ? new Periods(window, zoneOf(rule.zone)) : multiples(rule, window.every);
    } else instants = multiples(rule, pattern.every);
    kept.set(rule, instants);
  }
  return instants;
}

/** The last instant ≤ at, of the version in force at it; −∞ = none. */
export function lastInstantOf(versions: Versions, at: number): number {
  const segments = versions.segments();
  for (let i = segments.length - 1; i >= 0; i--) {
    const { rule, from, until } = segments[i] as (typeof segments)[number];
    if (from >= at) continue;
    const instant = instantsOf(rule).upTo(Math.min(at, until));
    if (instant > from) return instant;
  }
  return Number.NEGATIVE_INFINITY;
}

/** The period that ends at an instant of a rule whose window is a day, a week or a month. */
export const periodEndingAt = (rule: CompiledRule, end: number): PeriodWindow =>
  (instantsOf(rule) as Periods).windowOf(end);
