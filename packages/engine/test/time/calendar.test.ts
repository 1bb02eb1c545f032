import { describe, expect, test } from '@jest/globals';
import { clockOf } from '../../src/time/calendar.ts';
import { zoneOf } from '../../src/time/zone.ts';

const at = (text: string): number => Date.parse(text);
const hour = 3_600_000;
const everyDay = [0, 1, 2, 3, 4, 5, 6];

describe('a zone', () => {
  test.each<[string, string, string, boolean]>([
    ['UTC', '2026-03-29T02:30:00Z', '2026-03-29T02:30:00Z', false],
    ['Europe/Berlin', '2026-03-28T02:30:00Z', '2026-03-28T01:30:00Z', false],
    // The clock goes from 02:00 to 03:00: the first instant after.
    ['Europe/Berlin', '2026-03-29T02:30:00Z', '2026-03-29T01:00:00Z', true],
    ['Europe/Berlin', '2026-03-29T02:00:00Z', '2026-03-29T01:00:00Z', true],
    ['Europe/Berlin', '2026-03-29T03:00:00Z', '2026-03-29T01:00:00Z', false],
    // The clock shows 02:30 twice: the first.
    ['Europe/Berlin', '2026-10-25T02:30:00Z', '2026-10-25T00:30:00Z', false],
    ['America/New_York', '2026-11-01T01:30:00Z', '2026-11-01T05:30:00Z', false],
    ['Australia/Lord_Howe', '2026-10-04T02:10:00Z', '2026-10-03T15:30:00Z', true],
    ['Asia/Kolkata', '2026-03-02T00:00:00Z', '2026-03-01T18:30:00Z', false],
    // A whole day that was skipped.
    ['Pacific/Apia', '2011-12-30T12:00:00Z', '2011-12-30T10:00:00Z', true],
  ])('%s shows %s at %s (skipped: %s)', (zone, wall, instant, skipped) => {
    expect(zoneOf(zone).instantOf(at(wall))).toEqual({ at: at(instant), skipped });
  });
});

describe('opening hours', () => {
  const office = clockOf({ days: [0, 1, 2, 3, 4], from: 9 * hour, to: 18 * hour, holidays: ['2026-03-04'] }, 'UTC');

  test.each<[string, string, number]>([
    ['2026-03-02T09:00:00Z', '2026-03-02T18:00:00Z', 9],
    ['2026-03-02T08:00:00Z', '2026-03-02T20:00:00Z', 9],
    ['2026-03-02T17:00:00Z', '2026-03-03T10:00:00Z', 2],
    ['2026-03-03T17:00:00Z', '2026-03-05T10:00:00Z', 2],
    ['2026-03-06T17:00:00Z', '2026-03-09T10:00:00Z', 2],
    ['2026-03-07T09:00:00Z', '2026-03-08T18:00:00Z', 0],
    ['2026-03-02T10:00:00Z', '2026-03-02T09:00:00Z', 0],
    ['2026-03-02T10:00:00Z', '2026-03-02T09:30:00Z', 0],
  ])('between %s and %s are %d hours', (from, to, hours) => {
    expect(office.between(at(from), at(to))).toBe(hours * hour);
  });

  test.each<[string, number, string]>([
    ['2026-03-02T09:00:00Z', 2, '2026-03-02T11:00:00Z'],
    // Used up exactly at closing time: ends at closing time.
    ['2026-03-02T16:00:00Z', 2, '2026-03-02T18:00:00Z'],
    ['2026-03-02T17:00:00Z', 2, '2026-03-03T10:00:00Z'],
    ['2026-03-02T20:00:00Z', 1, '2026-03-03T10:00:00Z'],
    // Over a holiday, over a weekend.
    ['2026-03-03T17:30:00Z', 1, '2026-03-05T09:30:00Z'],
    ['2026-03-06T17:30:00Z', 1, '2026-03-09T09:30:00Z'],
  ])('from %s, %d hours last until %s', (from, hours, until) => {
    expect(office.after(at(from), hours * hour)).toBe(at(until));
  });

  test('a day has 23 or 25 hours when the clock changes', () => {
    const day = clockOf({ days: everyDay, from: 0, to: 24 * hour, holidays: [] }, 'Europe/Berlin');
    expect(day.between(at('2026-03-28T23:00:00Z'), at('2026-03-29T22:00:00Z'))).toBe(23 * hour);
    const night = clockOf({ days: everyDay, from: 2 * hour, to: 4 * hour, holidays: [] }, 'Europe/Berlin');
    expect(night.between(at('2026-03-28T23:00:00Z'), at('2026-03-29T22:00:00Z'))).toBe(hour);
    expect(night.between(at('2026-10-24T22:00:00Z'), at('2026-10-25T23:00:00Z'))).toBe(3 * hour);
  });

  test('hours that never open end nothing', () => {
    const never = clockOf({ days: [6], from: 0, to: hour, holidays: [] }, 'UTC');
    expect(never.openAt(at('2026-03-02T00:00:00Z'))).toBe(at('2026-03-08T00:00:00Z'));
    expect(never.closedSince(at('2026-03-02T00:00:00Z'))).toBe(at('2026-03-01T01:00:00Z'));
  });
});
