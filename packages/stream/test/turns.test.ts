import { describe, expect, test } from '@jest/globals';
import { inTurns } from '../src/turns.ts';

/** Each reading of this clock is 1 ms later; what happened is noted in `events`. */
function clockOf(events: string[]) {
  let now = 0;
  const turn = async (): Promise<void> => void events.push('turn');
  return { now: () => now++, after: () => () => undefined, turn };
}

function* work(events: string[], steps: number): Generator<void, string> {
  for (let step = 1; step <= steps; step++) {
    events.push(`step ${step}`);
    yield;
  }
  return 'done';
}

describe('work in turns', () => {
  test.each([
    { stepMs: 0, expected: ['step 1', 'turn', 'step 2', 'turn', 'step 3', 'turn', 'step 4', 'turn'] },
    { stepMs: 2, expected: ['step 1', 'step 2', 'turn', 'step 3', 'step 4', 'turn'] },
    { stepMs: Number.POSITIVE_INFINITY, expected: ['step 1', 'step 2', 'step 3', 'step 4'] },
  ])('lets others go on after $stepMs ms of it', async ({ stepMs, expected }) => {
    const events: string[] = [];
    expect(await inTurns(work(events, 4), { clock: clockOf(events), stepMs })).toBe('done');
    expect(events).toEqual(expected);
  });

  test('that throws rejects with it', async () => {
    const failing = (function* (): Generator<void, never> {
      yield;
      throw new Error('unreadable');
    })();
    await expect(inTurns(failing, { clock: clockOf([]), stepMs: 0 })).rejects.toThrow('unreadable');
  });
});
