import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MeasuredValues } from '../../src/sliding/measured-values.ts';
import { ValueSeries } from '../../src/sliding/value-series.ts';

const grain = 1000;
const measure = fc.constantFrom(null, 'x', 'y');

type Item = { readonly measure: string | null; readonly bucket: number; readonly value: number };

/** Versions in a row: what each reads, and the values that it takes. */
const versions = fc.array(
  fc.record({
    measure,
    taken: fc.array(fc.record({ bucket: fc.nat(30), value: fc.integer({ min: -9, max: 9 }) }), { maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 5 },
);

type Versions = typeof versions extends fc.Arbitrary<infer V> ? V : never;

const itemsOf = (list: Versions): readonly Item[] =>
  list.flatMap((version) => version.taken.map((each) => ({ measure: version.measure, ...each })));

const take = (series: MeasuredValues, list: Versions): MeasuredValues =>
  list.reduce((all, version) => {
    const next = all.carried(version.measure, grain);
    for (const { bucket, value } of version.taken) next.add(bucket * grain + 7, value);
    return next;
  }, series);

const empty = (of: string | null): MeasuredValues => new MeasuredValues(of, new ValueSeries(grain));

/** What a series says of [from, to) to versions of each measure, beside what the values say themselves. */
function sameReads(series: MeasuredValues, items: readonly Item[], from: number, to: number): void {
  for (const read of [null, 'x', 'y']) {
    const counting = items.filter((item) => read === null || item.measure === read);
    const inside = counting.filter(({ bucket }) => bucket >= from && bucket < to).map(({ value }) => value);
    const { count, sum } = series.of(read).total(from * grain, to * grain);
    expect([count, Number(sum)]).toEqual([inside.length, inside.reduce((all, value) => all + value, 0)]);
    expect(series.of(read).extreme('min', from * grain, to * grain)).toBe(Math.min(...inside));
    expect(series.of(read).extreme('max', from * grain, to * grain)).toBe(Math.max(...inside));
    const starts = counting.map(({ bucket }) => bucket).filter((bucket) => bucket >= from);
    expect(series.of(read).firstFrom(from * grain)).toBe(Math.min(...starts) * grain);
    const window = to - from;
    const borders = counting.flatMap(({ bucket }) => [
      ...(bucket >= to ? [(bucket + 1) * grain] : []),
      ...(bucket >= from ? [(bucket + window) * grain + 1] : []),
    ]);
    expect(series.of(read).changesAfter(to * grain, window * grain)).toBe(Math.min(...borders));
  }
  const buckets = items.map(({ bucket }) => bucket * grain);
  expect([series.first(), series.last()]).toEqual([Math.min(...buckets), Math.max(...buckets)]);
  expect(series.size > 0).toBe(items.length > 0);
}

describe('values by measure', () => {
  test('are read by versions of the measure they were taken for, and all of them by those without', () => {
    fc.assert(
      fc.property(versions, fc.nat(30), fc.integer({ min: 1, max: 30 }), (list, from, length) => {
        const series = take(empty('x'), list);
        sameReads(series, itemsOf(list), from, from + length);
        const copy = MeasuredValues.import(list.at(-1)?.measure ?? null, series.export());
        sameReads(copy, itemsOf(list), from, from + length);
        expect(copy.export()).toEqual(series.export());
      }),
    );
  });

  test('of two are read as those of one, and both stay as they are', () => {
    fc.assert(
      fc.property(versions, versions, measure, fc.nat(30), (one, other, last, from) => {
        const [a, b] = [take(empty('x'), one).carried(last, grain), take(empty('y'), other).carried(last, grain)];
        const both = a.combined(b);
        both.add(3 * grain, 1);
        sameReads(a, itemsOf(one), from, from + 10);
        sameReads(b, itemsOf(other), from, from + 10);
        const added = { measure: last, taken: [{ bucket: 3, value: 1 }] };
        sameReads(both, itemsOf([...one, ...other, added]), from, from + 10);
      }),
    );
  });

  test('are forgotten by time, whatever they were taken for', () => {
    fc.assert(
      fc.property(versions, fc.nat(32), fc.nat(30), (list, before, from) => {
        const series = take(empty('x'), list);
        series.forget(before * grain);
        const kept = itemsOf(list).filter(({ bucket }) => bucket >= before);
        sameReads(series, kept, from, from + 10);
      }),
    );
  });
});
