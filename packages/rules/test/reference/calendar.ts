import type { CalendarSpec, CompiledRule } from '@resonant/engine';
import { instantOf, wallOf } from './zone.ts';

const day = 86_400_000;
const isoDate = (wall: number): string => new Date(wall).toISOString().slice(0, 10);
/** 0 is Monday. */
const weekday = (wall: number): number => (new Date(wall).getUTCDay() + 6) % 7;

interface Hours {
  readonly from: number;
  readonly to: number;
}

const known = new WeakMap<CompiledRule, Map<number, Hours>>();

/** The opening hours of a date, given by its midnight on the wall; none are of no length. */
function hoursOn(rule: CompiledRule, calendar: CalendarSpec, date: number): Hours {
  const dates = known.get(rule) ?? new Map<number, Hours>();
  known.set(rule, dates);
  let hours = dates.get(date);
  if (hours === undefined) {
    const open = calendar.days.includes(weekday(date)) && !calendar.holidays.includes(isoDate(date));
    const [from, to] = [instantOf(rule.zone, date + calendar.from), instantOf(rule.zone, date + calendar.to)];
    hours = { from, to: open ? to : from };
    dates.set(date, hours);
  }
  return hours;
}

/** The opening hours of the rule's calendar, date by date, from the day before `at` on. */
function* hoursFrom(rule: CompiledRule, calendar: CalendarSpec, at: number): Generator<Hours> {
  for (let date = Math.floor(wallOf(rule.zone, at) / day) * day - day; ; date += day)
    yield hoursOn(rule, calendar, date);
}

/** Whether an instant lies inside opening hours. */
export function isOpen(rule: CompiledRule, at: number): boolean {
  if (rule.calendar === null) return true;
  for (const { from, to } of hoursFrom(rule, rule.calendar, at)) {
    if (from <= at && at < to) return true;
    if (from > at) break;
  }
  return false;
}

/** Calendar time between two instants; plain time for a rule without a calendar. */
export function timeBetween(rule: CompiledRule, from: number, to: number): number {
  if (rule.calendar === null) return to - from;
  let sum = 0;
  for (const hours of hoursFrom(rule, rule.calendar, from)) {
    if (hours.from >= to) break;
    sum += Math.max(0, Math.min(hours.to, to) - Math.max(hours.from, from));
  }
  return sum;
}

/** The first instant by which `length` of calendar time has passed since `from`. */
export function after(rule: CompiledRule, from: number, length: number): number {
  if (rule.calendar === null) return from + length;
  if (length === 0) return from;
  let left = length;
  for (const hours of hoursFrom(rule, rule.calendar, from)) {
    const opens = Math.max(hours.from, from);
    const open = Math.max(0, hours.to - opens);
    if (open >= left) return opens + left;
    left -= open;
  }
  throw new Error('a calendar has no end');
}
