import { describe, expect, test } from '@jest/globals';
import { Hold } from '../src/hold.ts';

const minute = 60_000;
const noon = Date.UTC(2026, 2, 2, 12);

describe('held time', () => {
  test('goes with the clock while nothing waits, and never back', () => {
    const hold = new Hold();
    expect(hold.tickAt(noon, Number.NEGATIVE_INFINITY, undefined)).toBe(noon);
    expect(hold.tickAt(noon, noon + 5, undefined)).toBe(noon + 5);
    expect(hold.tickAt(noon, noon - 5, noon + 1000)).toBe(noon);
  });

  test('follows the oldest touchpoint that waits, up to a minute behind the clock', () => {
    const hold = new Hold();
    expect(hold.tickAt(noon, noon - 30_000, noon - 6000)).toBe(noon - 6000);
    expect(hold.tickAt(noon, noon - 2000, noon - 6000)).toBe(noon - 2000);
    expect(hold.tickAt(noon, noon - 2 * minute, noon - minute)).toBe(noon - minute);
  });

  test('stands still further behind, so that what overtakes the backlog is not judged to be too far ahead', () => {
    const hold = new Hold();
    expect(hold.tickAt(noon, noon - 9 * minute, noon - minute - 1)).toBe(noon - 9 * minute);
  });

  test('stands still for 15 min at most, then goes to the clock, each time anew', () => {
    const hold = new Hold();
    const last = noon + 5000;
    const ticks = [6, 60, 14 * 60, 15 * 60 + 4, 15 * 60 + 5].map((s) => hold.tickAt(noon + s * 1000, last, noon));
    expect(ticks).toEqual([last, last, last, last, noon + 15 * minute + 5000]);
    const released = noon + 15 * minute + 5000;
    expect(hold.tickAt(released + 15 * minute - 1, released, noon)).toBe(released);
    expect(hold.tickAt(released + 15 * minute, released, noon)).toBe(released + 15 * minute);
  });

  test('waits for a backlog after a long silence of the partition, from the arrival of its oldest on', () => {
    const hold = new Hold();
    const yesterday = noon - 20 * 60 * minute;
    expect(hold.tickAt(noon, yesterday, noon - 10 * minute)).toBe(yesterday);
    expect(hold.tickAt(noon + 5 * minute - 1, yesterday, noon - 10 * minute)).toBe(yesterday);
    expect(hold.tickAt(noon + 5 * minute, yesterday, noon - 10 * minute)).toBe(noon + 5 * minute);
  });

  test('counts the 15 min anew once nothing waits any more', () => {
    const hold = new Hold();
    hold.tickAt(noon, noon, noon - 10 * minute);
    hold.tickAt(noon + 1000, noon, undefined);
    const later = noon + 20 * minute;
    expect(hold.tickAt(later, noon + 1000, later - 2 * minute)).toBe(noon + 1000);
  });
});
