import { expect, test } from '@jest/globals';
import { RateLimit } from '../../src/stream/rate-limit.ts';

test('a rate limit lets a burst through, then the average, whatever the clock does', () => {
  const limit = new RateLimit(10, 3, 1000);
  expect([1, 2, 3, 4].map(() => limit.take(1000))).toEqual([true, true, true, false]);
  expect(limit.take(1100)).toBe(true);
  expect(limit.take(1100)).toBe(false);
  expect(limit.take(900)).toBe(false);
  expect([1, 2, 3, 4].map(() => limit.take(60_000))).toEqual([true, true, true, false]);
});
