import { expect, test } from '@jest/globals';
import { difference, type WouldBe } from '../src/index.ts';

const alert = (subject: string, openedAt: number, endedAt: number | null): WouldBe => ({
  ...{ partition: 0, subject, openedAt, endedAt, endState: null, values: {}, evidence: [] },
});

test.each<readonly [string, readonly WouldBe[], readonly WouldBe[], readonly number[]]>([
  ['the same alert is the same', [alert('a', 1, 5)], [alert('a', 1, 5)], [1, 0, 0, 0]],
  ['an alert of another subject is added, and the other lost', [alert('a', 1, 5)], [alert('b', 1, 5)], [0, 1, 1, 0]],
  ['one that overlaps is moved', [alert('a', 2, 6)], [alert('a', 1, 5)], [0, 0, 0, 1]],
  ['one that is open overlaps everything behind it', [alert('a', 9, null)], [alert('a', 1, null)], [0, 0, 0, 1]],
  ['one that does not overlap is added, and the other lost', [alert('a', 6, 7)], [alert('a', 1, 5)], [0, 1, 1, 0]],
  [
    'of two that overlap one, one is moved and one added',
    [alert('a', 1, 2), alert('a', 4, 5)],
    [alert('a', 1, 5)],
    [0, 1, 0, 1],
  ],
  [
    'an exact one is not given away to one that overlaps',
    [alert('a', 1, 4), alert('a', 2, 5)],
    [alert('a', 2, 5)],
    [1, 1, 0, 0],
  ],
])('%s', (_, candidate, baseline, counts) => {
  const { same, added, lost, moved } = difference(candidate, baseline);
  expect([same, added.length, lost.length, moved.length]).toEqual(counts);
});
