import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor, logIdOf, type Positions } from '../../src/stream/cursor.ts';

const log = logIdOf('a cluster');
const cursor = (positions: Positions): string => encodeCursor({ log, positions });
const offsets = fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { maxLength: 64 });

describe('cursor', () => {
  test('gives back the log and the positions it was made from', () => {
    fc.assert(
      fc.property(fc.string(), offsets, (clusterId, positions) => {
        const place = { log: logIdOf(clusterId), positions };
        expect(decodeCursor(encodeCursor(place))).toEqual(place);
      }),
    );
  });

  test('of the first version gives its positions and no log', () => {
    expect(decodeCursor('AQKWAQJ_5L4Z')).toEqual({ log: null, positions: [150, 2] });
  });

  test('can be told from a duration and an instant by its first letter', () => {
    fc.assert(fc.property(offsets, (positions) => expect(cursor(positions)).toMatch(/^[A-Za-z][\w-]*$/)));
  });

  test.each([
    ['nothing', ''],
    ['a word', 'yesterday'],
    ['another version', `B${cursor([1, 2]).slice(1)}`],
    ['a letter changed', cursor([1, 2, 300]).replace(/^(.{4})./, '$1_')],
    ['a piece missing', cursor([1, 2, 300]).slice(0, -2)],
    ['a stranger’s text', 'AQQAAAAAAAAAAAAA'],
  ])('refuses %s', (_what, text) => expect(decodeCursor(text)).toBeUndefined());
});
