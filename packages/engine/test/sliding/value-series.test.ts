import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareFractions, type Decimal, decimalOf, fractionOf, tenTo } from '../../src/exact.ts';
import type { Total } from '../../src/sliding/value-chunk.ts';
import { ValueSeries } from '../../src/sliding/value-series.ts';
import { doubleOf, scaleOf, unitsOf } from '../../src/units.ts';

const grain = 1000;

/** Values of every size: seconds, cents, text lengths, and what only a bigint holds. */
const value = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -5, max: 5 }) },
  { weight: 4, arbitrary: fc.integer({ min: -99_999, max: 99_999 }).map((n) => n / 100) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(-0, 0.1 + 0.2, 2 ** 53 - 1, -(2 ** 53), 1e21, 1.5e-7, 1e-22, 123456789.123456),
  },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e25, max: 1e25 }) },
);

/** Mostly in order, as time goes; some late. */
const adds = fc
  .array(
    fc.record({
      step: fc.oneof({ weight: 5, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.integer({ min: 3, max: 3000 }) }),
      late: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(400) }),
      ms: fc.nat(grain - 1),
      value,
    }),
    { minLength: 1, maxLength: 400, size: 'max' },
  )
  .map((list) => {
    let now = 500;
    return list.map(({ step, late, ms, value: each }) => {
      now += step;
      return { bucket: now - late, ms, value: each };
    });
  });

type Add = { readonly bucket: number; readonly ms: number; readonly value: number };

const filled = (list: readonly Add[], series = new ValueSeries(grain)): ValueSeries => {
  for (const { bucket, ms, value: each } of list) series.add(bucket * grain + ms, each);
  return series;
};

const addDecimals = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(a.scale, b.scale);
  return { units: a.units * tenTo(scale - a.scale) + b.units * tenTo(scale - b.scale), scale };
};

const fractionOfTotal = ({ count, sum, scale }: Total) => ({ count, fraction: { n: BigInt(sum), d: tenTo(scale) } });

function sameTotal(total: Total, inside: readonly Add[]): void {
  const sum = inside.reduce((all, each) => addDecimals(all, decimalOf(each.value)), { units: 0n, scale: 0 });
  const { count, fraction } = fractionOfTotal(total);
  expect([count, compareFractions(fraction, fractionOf(sum))]).toEqual([inside.length, 0]);
}

function sameReads(series: ValueSeries, list: readonly Add[], from: number, to: number): void {
  const inside = list.filter(({ bucket }) => bucket >= from && bucket < to);
  const values = inside.map((each) => each.value + 0);
  sameTotal(series.total(from * grain, to * grain), inside);
  expect(series.extreme('min', from * grain, to * grain) + 0).toBe(Math.min(...values));
  expect(series.extreme('max', from * grain, to * grain) + 0).toBe(Math.max(...values));
}

const spans = fc.array(
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
  {
    minLength: 1,
    maxLength: 8,
  },
);

describe('values per bucket', () => {
  test('give the count, the exact sum and the extremes of any span, in whatever order they came, also after some are forgotten', () => {
    fc.assert(
      fc.property(adds, spans, fc.double({ min: 0, max: 1, noNaN: true }), (list, ends, cut) => {
        const last = Math.max(...list.map(({ bucket }) => bucket));
        const half = Math.floor(list.length * cut);
        const early = list.slice(0, half);
        const series = filled(early);
        const at = (share: number): number => Math.floor(share * (last + 2));
        for (const [a, b] of ends) sameReads(series, early, Math.min(at(a), at(b)), at(Math.max(a, b)));
        const floor = at(cut) - 300;
        series.forget(floor * grain + 999);
        const known = [...early.filter(({ bucket }) => bucket >= floor), ...list.slice(half)];
        filled(list.slice(half), series);
        for (const [a, b] of ends) sameReads(series, known, Math.min(at(a), at(b)), at(Math.max(a, b)));
        expect(series.size === 0).toBe(known.length === 0);
        const buckets = known.map(({ bucket }) => bucket * grain);
        expect([series.first(), series.last()]).toEqual([Math.min(...buckets), Math.max(...buckets)]);
        const copy = ValueSeries.import(series.export());
        expect(copy.export()).toEqual(series.export());
        for (const [a, b] of ends) sameReads(copy, known, Math.min(at(a), at(b)), at(Math.max(a, b)));
      }),
      { numRuns: 300 },
    );
  });

  test('change at no instant before the one that is foretold, and then do', () => {
    const foretold = fc.tuple(adds, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(foretold, ([list, share, window]) => {
        const series = filled(list);
        const buckets = [...new Set(list.map(({ bucket }) => bucket))].sort((a, b) => a - b);
        const t = Math.floor(share * ((buckets.at(-1) ?? 0) + 5));
        const inside = (at: number): string => `${buckets.filter((bucket) => bucket >= at - window && bucket < at)}`;
        const borders = buckets.flatMap((bucket) => [bucket + 1, bucket + window + 1]).filter((at) => at > t);
        const next = borders.sort((a, b) => a - b).find((at) => inside(at) !== inside(t)) ?? Number.POSITIVE_INFINITY;
        expect(Math.ceil(series.changesAfter(t * grain, window * grain) / grain)).toBe(next);
        expect(series.firstFrom(t * grain) / grain).toBe(buckets.find((bucket) => bucket >= t) ?? Infinity);
      }),
      { numRuns: 300 },
    );
  });

  test('in buckets of another width are what came, counted by that width', () => {
    fc.assert(
      fc.property(adds, (list) => {
        const series = filled(list);
        const wide = series.regrained(4 * grain);
        const direct = new ValueSeries(4 * grain);
        for (const { bucket, ms, value: each } of list) direct.add(bucket * grain + ms, each);
        expect(wide.export()).toEqual(direct.export());
      }),
    );
  });

  test.each([
    ['rise', 1],
    ['fall', -1],
  ])('that %s have the extremes of the span alone, however far those beside it go beyond', (_, sign) => {
    const series = new ValueSeries(grain);
    for (let n = 0; n < 3000; n++) series.add(n * grain, sign * (n + 0.25));
    for (let from = 0; from < 3000; from += 97) {
      for (let to = from + 1; to <= 3000; to += 389) {
        const ends = [sign * (from + 0.25), sign * (to - 1 + 0.25)];
        expect(series.extreme('min', from * grain, to * grain)).toBe(Math.min(...ends));
        expect(series.extreme('max', from * grain, to * grain)).toBe(Math.max(...ends));
      }
    }
  });

  test('are forgotten up to a border alone, and a late one behind it stands by itself', () => {
    const series = new ValueSeries(grain);
    for (let n = 0; n < 3000; n++) series.add(n * grain, n);
    series.forget(400 * grain);
    expect(ValueSeries.import(series.export()).first()).toBe(400 * grain);
    expect(series.extreme('max', 400 * grain, 3000 * grain)).toBe(2999);
    series.add(1500 * grain, 1e6);
    expect(series.extreme('max', 400 * grain, 3000 * grain)).toBe(1e6);
    series.add(50 * grain, 7);
    expect([series.first(), series.total(0, 400 * grain).count, series.total(0, 401 * grain).count]).toEqual([
      ...[50 * grain, 1, 2],
    ]);
  });

  test('of months are read right through hundreds of chunks, late ones among them, while old ones go', () => {
    const series = new ValueSeries(grain);
    const list: Add[] = [];
    let floor = 0;
    for (let n = 0; n < 30_000; n++) {
      const bucket = n % 50 === 49 ? n - (n % 4000) * 0.25 - 20 : n;
      const each = { bucket: Math.max(Math.floor(bucket), floor), ms: n % 1000, value: ((n * 7919) % 10_007) / 100 };
      list.push(each);
      series.add(each.bucket * grain + each.ms, each.value);
      if (n % 2000 !== 1999) continue;
      floor = Math.max(0, n - 15_000);
      series.forget(floor * grain);
      const known = list.filter((other) => other.bucket >= floor);
      for (const [from, to] of [
        [floor, n + 1],
        [floor + 137, n - 450],
        [n - 60, n + 1],
        [n - 6000, n - 3000],
      ] as const) {
        sameReads(series, known, from, to);
      }
    }
    expect(series.size).toBeGreaterThan(14_000);
  });
});

test('a double and its units of a tenth, a hundredth, … are one number', () => {
  fc.assert(
    fc.property(value, fc.nat(3), (each, more) => {
      const scale = scaleOf(each);
      expect(scale).toBe(decimalOf(each).scale);
      expect(BigInt(unitsOf(each, scale))).toBe(decimalOf(each).units);
      expect(BigInt(unitsOf(each, scale + more))).toBe(decimalOf(each).units * tenTo(more));
      expect(doubleOf(unitsOf(each, scale + more), scale + more)).toBe(each + 0);
    }),
    { numRuns: 5000 },
  );
});
