import { describe, expect, test } from '@jest/globals';
import { BrokerClock } from '../src/broker-clock.ts';
import { ManualClock } from './support/manual-clock.ts';

const noon = Date.UTC(2026, 2, 2, 12);
const hour = 3_600_000;

function open() {
  const host = new ManualClock(noon);
  const corrections: number[] = [];
  const clock = new BrokerClock(host, (skewMs) => corrections.push(skewMs));
  /** A tick that takes 10 ms to the broker and 10 ms back. */
  const tick = (offset: number, stampedAt: number): void => {
    const sentAt = host.now();
    host.set(sentAt + 20);
    clock.acknowledged(offset, sentAt);
    clock.tick(offset, stampedAt);
  };
  return { host, clock, corrections, tick };
}

describe("the broker's clock", () => {
  test('is unchecked until an own tick has been read back', () => {
    const { host, clock } = open();
    expect(clock.isChecked()).toBe(false);
    clock.tick(3, noon);
    expect(clock.isChecked()).toBe(false);
    clock.acknowledged(4, host.now());
    expect(clock.isChecked()).toBe(false);
    clock.tick(4, noon);
    expect([clock.isChecked(), clock.now()]).toEqual([true, noon]);
  });

  test('knows a tick that was read before it was acknowledged', () => {
    const { host, clock } = open();
    clock.tick(4, noon - hour);
    clock.acknowledged(4, host.now());
    expect([clock.isChecked(), clock.skewMs]).toEqual([true, -hour]);
  });

  test.each([
    ['a second behind', noon + 20 + 1000, 0],
    ['a second ahead', noon - 1000, 0],
    ['more than a second behind', noon + 20 + 1001, 1001],
    ['more than a second ahead', noon - 1001, -1001],
    ['an hour ahead', noon - hour, -hour],
  ])('a host %s is corrected by more than a second only', (_, stampedAt, skewMs) => {
    const { host, clock, corrections, tick } = open();
    tick(0, stampedAt);
    expect([clock.skewMs, clock.now() - host.now()]).toEqual([skewMs, skewMs]);
    expect(corrections).toEqual(skewMs === 0 ? [] : [skewMs]);
  });

  test('a slow acknowledgement is no skew', () => {
    const { host, clock } = open();
    const sentAt = host.now();
    host.set(noon + 4000);
    clock.acknowledged(0, sentAt);
    clock.tick(0, noon + 10);
    expect([clock.isChecked(), clock.skewMs]).toEqual([true, 0]);
  });

  test('says once that it corrects, and once that it does no more', () => {
    const { host, corrections, tick } = open();
    tick(0, noon - hour);
    host.set(noon + 1000);
    tick(1, noon + 1000 - hour + 300);
    host.set(noon + 2000);
    tick(2, noon + 2010);
    expect(corrections).toEqual([-hour, 0]);
  });

  test.each([
    ['jumped ahead or slept', hour, 1030],
    ['went back', -hour, 1010],
  ])('is in doubt when the host %s between two ticks, until the next one is read', (_, jump, now) => {
    const { host, clock, tick } = open();
    tick(0, noon + 10);
    host.set(noon + 1000);
    expect(clock.isChecked()).toBe(true);
    host.set(noon + 1000 + jump);
    expect(clock.isChecked()).toBe(false);
    tick(1, noon + 1010);
    expect([clock.isChecked(), clock.now()]).toEqual([true, noon + now]);
  });
});
