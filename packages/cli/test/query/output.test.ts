import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sourcesOf } from '../../src/query/output.ts';
import { pointer } from '../../src/query/run.ts';

test('a row is cut at its own commas and nowhere else, whatever stands in its values', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1), (values, space) => {
      const row = `[${values.map((value) => JSON.stringify(value, null, space)).join(', ')}]`;
      expect(sourcesOf(row).map((text) => JSON.parse(text))).toEqual(
        values.map((value) => JSON.parse(JSON.stringify(value))),
      );
    }),
  );
});

test('the mark stands under the place, behind tabs as well', () => {
  expect(pointer('SELECT 1\n\tFROM FROM', 2, 7)).toBe('2 | \tFROM FROM\n  | \t     ^\n');
  expect(pointer('', 9, 1)).toBe('9 | \n  | ^\n');
});
