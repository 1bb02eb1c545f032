import { describe, expect, test } from '@jest/globals';
import { type FeedEntry, HotRing } from '../../src/stream/hot-ring.ts';
import { alertOf } from '../support/alerts.ts';

const entry = (partition: number, offset: number): FeedEntry => ({
  partition,
  offset,
  alert: alertOf(),
  json: 'x'.repeat(976),
  arrivedAt: 0,
});

describe('hot ring', () => {
  test('covers what it has been given from its start on', () => {
    const ring = new HotRing([5, 0], 1 << 20);
    expect(ring.covers([5, 0])).toBe(true);
    expect(ring.covers([4, 0])).toBe(false);
    ring.append(0, [entry(0, 5), entry(0, 7)], 9);
    expect(ring.next).toEqual([9, 0]);
    expect([0, 1, 2].map((sequence) => ring.at(sequence)?.offset)).toEqual([5, 7, undefined]);
  });

  test('forgets the oldest above its bound, and then no longer covers them', () => {
    const ring = new HotRing([0, 0], 6000);
    ring.append(0, [entry(0, 0), entry(0, 1)], 2);
    ring.append(1, [entry(1, 0), entry(1, 1)], 2);
    expect(ring.firstSequence).toBe(1);
    expect(ring.nextSequence).toBe(4);
    expect(ring.at(0)).toBeUndefined();
    expect(ring.at(1)?.offset).toBe(1);
    expect(ring.covers([0, 0])).toBe(false);
    expect(ring.covers([1, 0])).toBe(true);
  });

  test('keeps its numbering over many turns', () => {
    const ring = new HotRing([0], 20_000);
    for (let offset = 0; offset < 10_000; offset += 1) ring.append(0, [entry(0, offset)], offset + 1);
    expect(ring.nextSequence - ring.firstSequence).toBe(10);
    for (let at = ring.firstSequence; at < ring.nextSequence; at += 1) expect(ring.at(at)?.offset).toBe(at);
  });
});
