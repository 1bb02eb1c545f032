import { expect, test } from '@jest/globals';
import { simulate } from './run.ts';

test.each([3, 17, 42])(
  'seed %d gives the same run twice, step by step',
  async (seed) => {
    const run = async () => {
      const steps: string[] = [];
      const report = await simulate(seed, { trace: (line) => steps.push(line) });
      return { report, steps };
    };
    const [first, second] = [await run(), await run()];
    expect(first.steps.length).toBeGreaterThan(1000);
    expect(second).toEqual(first);
  },
  60_000,
);
