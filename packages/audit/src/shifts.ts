import { zoneOf } from '@resonant/engine';
import type { Span } from './open-hours.ts';

const hour = 3_600_000;
const week = 7 * 24 * hour;

/** How far back the window of an earlier week lies, for the instants in [since, until). */
export interface Shift {
  readonly week: number;
  /** Ms. */
  readonly by: number;
  readonly since: number;
  readonly until: number;
}

/**
 * For 1 … `weeks` weeks of wall-clock time back: how far that is, wherever it is the same. Where the clock of the zone
 * skips the time, there is no shift; where it shows it twice, it is the first. Instants are whole multiples of `every`.
 */
export function weekShifts(zoneName: string, weeks: number, every: number, { first, last }: Span): readonly Shift[] {
  const zone = zoneOf(zoneName);
  const shiftAt = (t: number, back: number): number | null => {
    const { at, skipped } = zone.instantOf(t + zone.offsetAt(t) - back * week);
    return skipped ? null : t - at;
  };
  const shifts: Shift[] = [];
  for (let back = 1; back <= weeks; back++) {
    let since = Math.floor(first / every) * every;
    let by = shiftAt(since, back);
    const add = (until: number): void => {
      if (by !== null) shifts.push({ week: back, by, since, until });
    };
    for (let t = since; t <= last; ) {
      // No offset changes twice within two hours; where nothing changes over a day, a day is passed at once.
      const next = t + Math.max(every, Math.floor((24 * hour) / every) * every);
      const isQuiet = shiftAt(next, back) === by && isSteady(zone, t, next, back);
      if (isQuiet) {
        t = next;
        continue;
      }
      const step = t + every;
      const then = shiftAt(step, back);
      if (then !== by) {
        add(step);
        since = step;
        by = then;
      }
      t = step;
    }
    add(last + every);
  }
  return shifts;
}

/** Whether the zone's clock is not changed around the instants from `from` to `to`, nor `back` weeks before. */
function isSteady(zone: ReturnType<typeof zoneOf>, from: number, to: number, back: number): boolean {
  const around = (begin: number, end: number): boolean => {
    const offset = zone.offsetAt(begin - 24 * hour);
    for (let t = begin - 24 * hour; t <= end + 24 * hour; t += hour) if (zone.offsetAt(t) !== offset) return false;
    return true;
  };
  return around(from, to) && around(from - back * week, to - back * week);
}
