import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareFractions, decimalOf, fractionOf, midpoint, multiply, toNumber } from '../src/exact.ts';

describe('exact numbers', () => {
  test.each<[number, bigint, number]>([
    [0.1, 1n, 1],
    [-2.5, -25n, 1],
    [1e21, 10n ** 21n, 0],
    [1.5e-7, 15n, 8],
    [3, 3n, 0],
  ])('%d is the decimal that its text names', (value, units, scale) => {
    expect(decimalOf(value)).toEqual({ units, scale });
  });

  test('a double survives being a fraction', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
        fc.pre(value === 0 || Math.abs(value) > 1e-15);
        expect(toNumber(fractionOf(decimalOf(value)))).toBeCloseTo(value, 9);
      }),
    );
  });

  test('a fraction of large parts becomes the double nearest to it, on both sides of a tie', () => {
    const tie = (2n ** 53n + 1n) * 10n ** 30n;
    expect(toNumber({ n: tie, d: 10n ** 30n })).toBe(2 ** 53);
    expect(toNumber({ n: tie + 1n, d: 10n ** 30n })).toBe(2 ** 53 + 2);
    expect(toNumber({ n: -tie - 1n, d: 10n ** 30n })).toBe(-(2 ** 53) - 2);
  });

  test.each([1.7e308, -1.7e308, 1e300, 2 ** 53, 2 ** 53 - 1, 1 - 2 ** -53, 1e-290, -1e-300, 2 ** -1022])(
    '%d, however large or small, survives being a fraction',
    (value) => {
      expect(toNumber(fractionOf(decimalOf(value)))).toBe(value);
    },
  );

  test('a product has the product of the parts: two thirds of three fifths are six fifteenths', () => {
    expect(multiply({ n: 2n, d: 3n }, { n: 3n, d: 5n })).toEqual({ n: 6n, d: 15n });
  });

  test('the mean of 1/3 and 1/2 is 5/12', () => {
    expect(compareFractions(midpoint({ n: 1n, d: 3n }, { n: 1n, d: 2n }), { n: 5n, d: 12n })).toBe(0);
  });
});
