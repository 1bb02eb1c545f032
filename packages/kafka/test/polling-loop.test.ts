import { createRequire } from 'node:module';
import { afterEach, expect, jest, test } from '@jest/globals';

interface RequestQueue {
  readonly pending: unknown[];
  throttledUntil: number;
  checkPendingRequests(): void;
  destroy(): void;
}

const require = createRequire(import.meta.url);
const Queue = require('kafkajs/src/network/requestQueue/index.js') as new (options: object) => RequestQueue;
const logger = { debug: () => undefined, warn: () => undefined };
const queue = (): RequestQueue =>
  new Queue({ maxInFlightRequests: null, requestTimeout: 1000, enforceRequestTimeout: false, logger });

afterEach(() => {
  jest.useRealTimers();
});

test('an idle connection arms no timer after a response', () => {
  jest.useFakeTimers();
  queue().checkPendingRequests();
  expect(jest.getTimerCount()).toBe(0);
});

test('a throttled connection looks again when the throttle ends, and then rests', () => {
  jest.useFakeTimers({ now: 1_000_000 });
  const throttled = queue();
  throttled.throttledUntil = 1_000_050;
  throttled.checkPendingRequests();
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(49);
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(2);
  expect(jest.getTimerCount()).toBe(0);
});
