import { describe, expect, test } from '@jest/globals';
import { RateLimit } from '../src/rate-limit.ts';

const limited = (retryAfterMs: number) => expect.objectContaining({ code: 'rate-limited', extra: { retryAfterMs } });

describe('RateLimit', () => {
  test('lets two seconds’ worth through at once, then says when there is room again', () => {
    const rates = new RateLimit(10);
    rates.take('a', 20, 0);
    expect(() => rates.take('a', 1, 0)).toThrow(limited(100));
    rates.take('a', 1, 100);
  });

  test('counts each caller alone', () => {
    const rates = new RateLimit(1);
    rates.take('a', 2, 0);
    rates.take('b', 2, 0);
    expect(() => rates.take('a', 1, 0)).toThrow(limited(1000));
  });

  test('lets a request larger than a burst through on a full bucket, and has it paid off', () => {
    const rates = new RateLimit(10);
    rates.take('a', 50, 0);
    expect(() => rates.take('a', 1, 0)).toThrow(limited(3100));
  });

  test('gives nothing for a clock that goes back', () => {
    const rates = new RateLimit(1);
    rates.take('a', 2, 5000);
    expect(() => rates.take('a', 1, 0)).toThrow(limited(1000));
  });
});
