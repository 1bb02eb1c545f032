import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../src/stream/cursor.ts';

const offsets = fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { maxLength: 64 });

describe('cursor', () => {
  test('gives back the positions it was made from', () => {
    fc.assert(fc.property(offsets, (positions) => expect(decodeCursor(encodeCursor(positions))).toEqual(positions)));
  });

  test('can be told from a duration and an instant by its first letter', () => {
    fc.assert(fc.property(offsets, (positions) => expect(encodeCursor(positions)).toMatch(/^[A-Za-z][\w-]*$/)));
  });

  test.each([
    ['nothing', ''],
    ['a word', 'yesterday'],
    ['another version', `B${encodeCursor([1, 2]).slice(1)}`],
    ['a letter changed', encodeCursor([1, 2, 300]).replace(/^(.{4})./, '$1_')],
    ['a piece missing', encodeCursor([1, 2, 300]).slice(0, -2)],
    ['a stranger’s text', 'AQQAAAAAAAAAAAAA'],
  ])('refuses %s', (_what, text) => expect(decodeCursor(text)).toBeUndefined());
});
