import { expect, test } from '@jest/globals';
import type { Delivery } from '../../src/demo/delivery.ts';
import { type LogTime, play } from '../../src/demo/play.ts';

const minute = 60_000;
const delivery = (sendAt: number): Delivery => ({ sendAt, path: `/${sendAt}`, headers: {}, body: Buffer.alloc(0) });

/** Plays ten minutes with events in the first four; `startAt` = ticks that stand in the log already. */
async function played(sendAts: readonly number[], startAt = Number.NEGATIVE_INFINITY): Promise<readonly string[]> {
  const seen: string[] = [];
  const time: LogTime & { now: number } = {
    now: startAt,
    rulesInPlace: async () => void seen.push('rules'),
    advanceTo: async (at) => {
      seen.push(`tick ${at / 1000}`);
      time.now = at;
    },
    waitForTick: async (at) => void seen.push(`wait ${at / 1000}`),
  };
  await play({
    from: 0,
    to: 10 * minute,
    deliveries: sendAts.map(delivery),
    send: async ({ path }) => void seen.push(path),
    time,
    speed: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return seen;
}

test('sends what is due before the tick that reaches it, goes fast when nothing more comes, and ends on the last instant', async () => {
  expect(await played([0, 30_000, 30_001, 90_000])).toEqual([
    'rules',
    '/0',
    'tick 0',
    '/30000',
    'tick 30',
    '/30001',
    'tick 60',
    '/90000',
    'tick 90',
    'tick 390',
    'tick 600',
    'wait 600',
  ]);
});

test('goes on behind the ticks that stand in the log, and sends again what may not have been acknowledged', async () => {
  expect(await played([0, 30_000, 90_000], 60_000)).toEqual([
    'rules',
    '/0',
    '/30000',
    '/90000',
    'tick 90',
    'tick 390',
    'tick 600',
    'wait 600',
  ]);
});

test('stops at once when it is told to', async () => {
  const abort = new AbortController();
  abort.abort(new Error('told to stop'));
  const time: LogTime = {
    now: 0,
    rulesInPlace: async () => undefined,
    advanceTo: async () => undefined,
    waitForTick: async () => undefined,
  };
  const broken = play({
    from: 0,
    to: minute,
    deliveries: [],
    send: async () => undefined,
    time,
    speed: 1,
    signal: abort.signal,
    onProgress: () => undefined,
  });
  await expect(broken).rejects.toThrow('told to stop');
});
