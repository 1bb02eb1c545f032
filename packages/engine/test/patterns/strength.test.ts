import { describe, expect, test } from '@jest/globals';
import { crossingOf, strengthAt } from '../../src/patterns/strength.ts';
import type { StrengthSpec } from '../../src/rule.ts';

const hour = 3_600_000;
const spec: StrengthSpec = {
  residual: 0.1,
  at: 72 * hour,
  neglectFactor: 5,
  touch: null,
  fading: 0.3,
  expired: 0.05,
  lift: 3.2,
};

describe('the strength of a resonance', () => {
  test('is 1 at its return, and the residual after `at` once touched', () => {
    expect(strengthAt(spec, { since: 0, touchedAt: 0 }, 0)).toBe(1);
    expect(strengthAt(spec, { since: 0, touchedAt: 0 }, 72 * hour)).toBeCloseTo(0.1, 12);
    expect(strengthAt(spec, { since: 0, touchedAt: -hour }, 72 * hour)).toBeCloseTo(0.1, 12);
  });

  test('falls five times as fast without a touch', () => {
    expect(strengthAt(spec, { since: 0, touchedAt: null }, (72 / 5) * hour)).toBeCloseTo(0.1, 12);
  });

  test('falls fast until the touch, and slowly from it on', () => {
    const touched = strengthAt(spec, { since: 0, touchedAt: 2 * hour }, 12 * hour);
    expect(touched).toBeCloseTo(0.1 ** ((5 * 2 + 10) / 72), 12);
  });

  test.each<[number | null, number]>([
    [null, 0.3],
    [0, 0.3],
    [2 * hour, 0.3],
    [2 * hour, 0.05],
    [40 * hour, 0.05],
  ])('touched at %p it crosses %d at the ms that is named, not one before', (touchedAt, level) => {
    const curve = { since: 0, touchedAt };
    const at = crossingOf(spec, curve, level);
    expect(strengthAt(spec, curve, at)).toBeLessThanOrEqual(level + 1e-12);
    expect(strengthAt(spec, curve, at - 1)).toBeGreaterThan(level);
  });

  test('a crossing that falls on a whole ms is not pushed to the next by rounding', () => {
    const half: StrengthSpec = { ...spec, residual: 0.5, at: 1000, neglectFactor: 1 };
    expect(crossingOf(half, { since: 0, touchedAt: null }, 0.25)).toBe(2000);
    expect(crossingOf(half, { since: 0, touchedAt: null }, 0.125)).toBe(3000);
  });
});
