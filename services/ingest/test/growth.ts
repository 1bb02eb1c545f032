import { expect } from '@jest/globals';

/** CPU time in ms: what else the machine does hardly counts. */
async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Below this the time says more about the first run than about the size. */
const floorMs = 30;

/** Measured so often at most: what the machine did beside it once, it will not have done each time. */
const tries = 4;

/**
 * Holds that work takes time in proportion to its size: four times the size takes at most ten times as long, where a
 * square would make sixteen, and a text of half a megabyte minutes.
 */
export async function expectProportional(size: number, work: (size: number) => unknown): Promise<void> {
  let [small, large] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let n = 0; n < tries && !(large < 10 * Math.max(small, floorMs)); n++) {
    small = Math.min(small, await cpuMs(() => work(size / 4)));
    large = Math.min(large, await cpuMs(() => work(size)));
  }
  expect(large).toBeLessThan(10 * Math.max(small, floorMs));
}
