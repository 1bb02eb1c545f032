import { type CompiledRule, zoneOf } from '@resonant/engine';
import type { OpenHours } from './sql/calendar.ts';

const day = 86_400_000;
/** How far behind the span the hours that follow it are looked for. */
const furthest = 400 * day;

/** Instants in epoch ms, both included. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/**
 * The opening hours of a rule's calendar over a span, and the first that follow it, as a table that SQL can be
 * handed; null without a calendar. By the wall clock of the rule's zone (rules.md 3.2): what a clock skips is the first instant after, what it shows
 * twice is the first.
 */
export function openHours({ calendar, zone: name }: CompiledRule, { first, last }: Span): OpenHours | null {
  if (calendar === null) return null;
  const zone = zoneOf(name);
  const hours: { readonly opens: number; readonly closes: number }[] = [];
  const midnight = (at: number): number => Math.floor((at + zone.offsetAt(at)) / day) * day;
  for (let date = midnight(first) - day; date <= midnight(last) + furthest; date += day) {
    if ((hours.at(-1)?.opens ?? last) > last) break;
    const weekday = (new Date(date).getUTCDay() + 6) % 7;
    if (!calendar.days.includes(weekday) || calendar.holidays.includes(new Date(date).toISOString().slice(0, 10)))
      continue;
    const opens = zone.instantOf(date + calendar.from).at;
    const closes = zone.instantOf(date + calendar.to).at;
    if (closes > opens) hours.push({ opens, closes });
  }
  return { opens: hours.map(({ opens }) => opens), closes: hours.map(({ closes }) => closes) };
}
