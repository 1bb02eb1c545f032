import { isOpen } from './calendar.ts';
import type { RuleRun, Term } from './rule-run.ts';
import { instantOf, wallOf } from './zone.ts';

const day = 86_400_000;

type Period = 'day' | 'week' | 'month';

/** The wall-clock midnight at which the period that `wall` lies in begins, `shift` periods later. */
function beginning(period: Period, wall: number, shift = 0): number {
  const midnight = Math.floor(wall / day) * day;
  if (period === 'day') return midnight + shift * day;
  if (period === 'week') return midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * day + shift * 7 * day;
  const date = new Date(midnight);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + shift, 1);
}

/** Start of the period that ends at `t`. */
export const periodStart = (period: Period, zone: string, t: number): number =>
  instantOf(zone, beginning(period, wallOf(zone, t) + day / 2, -1));

/** The instants of one version in [from, to]. */
function instantsOf({ rule }: Term, from: number, to: number): readonly number[] {
  const { pattern, zone } = rule;
  const list: number[] = [];
  if (pattern.kind === 'pair' || pattern.kind === 'deadline') return list;
  const window = pattern.kind === 'threshold' ? pattern.window : pattern;
  if (typeof window !== 'string') {
    for (let t = Math.ceil(from / window.every) * window.every; t <= to; t += window.every) {
      if (isOpen(rule, t)) list.push(t);
    }
    return list;
  }
  for (let shift = 0; ; shift++) {
    const t = instantOf(zone, beginning(window, wallOf(zone, from), shift));
    if (t > to) return list;
    if (t >= from) list.push(t);
  }
}

/** The instants from `from` to `to`, each of the version in force at it. */
export const instantsBetween = (run: RuleRun, from: number, to: number): readonly number[] =>
  run.terms.flatMap((term) => instantsOf(term, Math.max(from, term.after + 1), Math.min(to, term.until)));
