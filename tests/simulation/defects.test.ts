import { describe, expect, test } from '@jest/globals';
import { defects } from './defects.ts';
import { simulate } from './run.ts';

const seeds = 200;

/** The first seed that finds a defect. */
async function findingSeed(name: string): Promise<number | undefined> {
  const tamper = defects[name];
  if (tamper === undefined) throw new Error(`no defect ${name}`);
  for (let seed = 1; seed <= seeds; seed++) {
    if ((await simulate(seed, { tamper })).problems.length > 0) return seed;
  }
  return undefined;
}

describe('the simulation can fail', () => {
  test.each(Object.keys(defects))(
    `within ${seeds} seeds it finds: %s, and the seed that found it finds it again in the same way`,
    async (name) => {
      const seed = await findingSeed(name);
      expect(seed).toBeDefined();
      const tamper = defects[name];
      if (seed === undefined || tamper === undefined) return;
      const [first, second] = [await simulate(seed, { tamper }), await simulate(seed, { tamper })];
      expect(first.problems).not.toEqual([]);
      expect(second).toEqual(first);
      expect((await simulate(seed)).problems).toEqual([]);
    },
    120_000,
  );
});
