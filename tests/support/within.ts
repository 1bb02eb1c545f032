import { setTimeout as sleep } from 'node:timers/promises';

/** True as soon as it is; false after that many milliseconds. What is missing then is the caller's comparison to say. */
export async function within(ms: number, isTrue: () => Promise<boolean> | boolean): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (!(await isTrue())) {
    if (performance.now() > deadline) return false;
    await sleep(200);
  }
  return true;
}
