import { expect, test } from '@jest/globals';
import { campaign } from './campaign.ts';

const faults = 6;

test('six faults at random moments lose nothing and double nothing against resonant replay', async () => {
  const { hits, audit } = await campaign({
    base: 7840,
    seed: Number(process.env.RESONANT_SEED ?? 1),
    faults,
    touchpoints: 10_000,
    perSecond: 400,
    signals: 1,
    processors: 2,
  });
  expect(hits).toHaveLength(faults);
  const { touchpoints, signals, alerts, actions, ...wrong } = audit;
  expect(wrong).toEqual({
    lostTouchpoints: 0,
    lostSignals: 0,
    doubledSignals: 0,
    lostLines: [],
    doubledLines: [],
    deadLetters: 0,
  });
  expect(signals).toBe(touchpoints);
  expect(touchpoints).toBeGreaterThanOrEqual(10_000);
  // of a hundred leads three open an alert, and each that opens asks for two actions
  expect([alerts > 100, actions > 2 * 100]).toEqual([true, true]);
}, 600_000);
