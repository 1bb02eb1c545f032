import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CountSeries } from '../../src/sliding/counts.ts';
import { Presence } from '../../src/sliding/presence.ts';

const grain = 1000;
const adds = fc.array(
  fc.record({ member: fc.nat(3), bucket: fc.nat(40), n: fc.nat(2), d: fc.nat(2), ms: fc.nat(grain - 1) }),
  { maxLength: 60 },
);

describe('counts per bucket', () => {
  test('add up to what came, in any order, over any span, also after some are forgotten', () => {
    fc.assert(
      fc.property(adds, fc.nat(45), fc.nat(45), fc.nat(20), (list, a, b, forgotten) => {
        const series = new CountSeries(grain);
        const half = list.length >> 1;
        for (const { bucket, ms, n, d } of list.slice(0, half)) series.add(bucket * grain + ms, n, d);
        series.forget(forgotten * grain);
        for (const { bucket, ms, n, d } of list.slice(half)) series.add(bucket * grain + ms, n, d);
        const [from, to] = [Math.max(forgotten, Math.min(a, b)), Math.max(forgotten, a, b)];
        const inside = list.filter(({ bucket }) => bucket >= from && bucket < to);
        const sum = (of: 'n' | 'd') => inside.reduce((total, each) => total + each[of], 0);
        const copy = CountSeries.import(series.export());
        for (const each of [series, copy, series.regrained(grain / 4), series.combined(new CountSeries(grain))]) {
          expect(each.sums(from * grain, to * grain)).toEqual({ n: sum('n'), d: sum('d') });
        }
        expect(copy.export()).toEqual(series.export());
        const starts = [...series.buckets()].map(({ at }) => at);
        expect([series.size, series.first(), series.last()]).toEqual([
          starts.length,
          Math.min(...starts),
          Math.max(...starts),
        ]);
      }),
    );
  });

  test('change at no instant before the one that is foretold', () => {
    fc.assert(
      fc.property(adds, fc.nat(60), fc.integer({ min: 1, max: 20 }), fc.nat(10), (list, t, window, shift) => {
        const series = new CountSeries(grain);
        for (const { bucket, ms, n, d } of list) series.add(bucket * grain + ms, n + 1, d);
        const at = (instant: number) =>
          JSON.stringify(series.sums((instant - window - shift) * grain, (instant - shift) * grain));
        const until = series.changesAfter(t * grain, (window + shift) * grain, shift * grain);
        for (let later = t + 1; later < 120 && later * grain < until; later++) expect(at(later)).toBe(at(t));
      }),
    );
  });

  test.each([
    { of: 'numerators', first: { n: 0xffffffff, d: 1 } },
    { of: 'denominators', first: { n: 1, d: 0xffffffff } },
  ])('hold more than 32 bits of $of', ({ first }) => {
    const series = new CountSeries(1);
    series.add(0, first.n, first.d);
    series.add(0, 1, 1);
    expect(series.sums(0, 1)).toEqual({ n: first.n + 1, d: first.d + 1 });
  });

  test('that are forgotten are gone where that is all, or many, and are said', () => {
    const series = new CountSeries(grain);
    for (let bucket = 0; bucket < 1000; bucket++) series.add(bucket * grain, 1, 2);
    expect([series.forget(400 * grain), series.size]).toEqual([{ n: 400, d: 800 }, 600]);
    expect([series.first(), series.sums(500 * grain, 800 * grain)]).toEqual([400 * grain, { n: 300, d: 600 }]);
    expect([series.forget(401 * grain), series.size]).toEqual([{ n: 0, d: 0 }, 600]);
    expect([series.forget(1000 * grain), series.size]).toEqual([{ n: 600, d: 1200 }, 0]);
    expect([series.first(), series.last()]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });

  test('hold more than 32 bits of time before what they began with', () => {
    const series = new CountSeries(1);
    for (const at of [0, 5, -(2 ** 33)]) series.add(at, 1, 2);
    expect([series.sums(-(2 ** 33), 6), series.sums(0, 1)]).toEqual([
      { n: 3, d: 6 },
      { n: 1, d: 2 },
    ]);
  });

  test('hold more than 32 bits of time', () => {
    const series = new CountSeries(1);
    series.add(0, 0xffffffff, 1);
    series.add(2 ** 40, 5, 0xffffffff);
    series.add(-(2 ** 40), 1, 1);
    expect(series.sums(-(2 ** 41), 2 ** 41)).toEqual({ n: 2 ** 32 + 5, d: 2 ** 32 + 1 });
    expect([series.first(), series.last()]).toEqual([-(2 ** 40), 2 ** 40]);
  });
});

test('the members with data in a window are those whose own window holds some, whatever the order', () => {
  fc.assert(
    fc.property(adds, fc.integer({ min: 1, max: 12 }), fc.nat(20), (list, window, forgotten) => {
      const presence = new Presence(grain, window * grain);
      const members = Array.from({ length: 4 }, () => new CountSeries(grain));
      const half = list.length >> 1;
      list.forEach(({ member, bucket, ms, n, d }, i) => {
        if (i === half) presence.forget(forgotten * grain);
        const series = members[member] as CountSeries;
        if (d > 0) presence.add(series, bucket * grain + ms);
        series.add(bucket * grain + ms, n, d);
      });
      for (let t = forgotten + window; t < 60; t++) {
        const [from, to] = [(t - window) * grain, t * grain];
        expect(presence.at(to)).toBe(members.filter((series) => series.sums(from, to).d > 0).length);
      }
    }),
    { numRuns: 500 },
  );
});
