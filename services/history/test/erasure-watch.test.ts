import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { alertsTopic, directoryTopic } from '@resonant/contracts';
import { createLogger } from '@resonant/service';
import { erasureWatchComponent } from '../src/erasure-watch.ts';
import type { Erasures } from '../src/erasures.ts';
import type { HistoryWriter } from '../src/writer.ts';

type Stream = ReturnType<HistoryWriter['streams']>[number];
const stream = (topic: string, partition: number) => ({ topic, partition }) as Stream;

/** Runs the watch until `enough` looks were made, or for 50 of its periods. */
async function watch(
  streams: readonly Stream[],
  isSuspected: boolean,
  options: { readonly enough?: number; readonly look?: () => Promise<void> } = {},
): Promise<number> {
  const { enough = 2, look = async () => undefined } = options;
  let looks = 0;
  const erasures = {
    isSuspected,
    look: () => {
      looks++;
      return look();
    },
  } as Erasures;
  const logger = createLogger('history', 'silent');
  const { stop } = await erasureWatchComponent({
    ...{ erasures, writer: { streams: () => streams }, logger, everyMs: 2 },
  }).start();
  for (let waits = 0; waits < 50 && looks < enough; waits++) await sleep(2);
  await stop?.();
  return Math.min(looks, enough);
}

test.each([
  ['has the first partition of the alerts', [stream(alertsTopic, 0)], false, 2],
  ['has others alone', [stream(alertsTopic, 1), stream(directoryTopic, 0)], false, 0],
  ['has others, and a writer that began again from the ledger', [stream(directoryTopic, 0)], true, 2],
])('a process that %s looks as often as it should', async (_what, streams, isSuspected, looks) => {
  expect(await watch(streams, isSuspected)).toBe(looks);
});

test('a look that fails is made again', async () => {
  expect(await watch([stream(alertsTopic, 0)], false, { look: () => Promise.reject(new Error('away')) })).toBe(2);
});

test('one look at a time is made, and waited for at the end', async () => {
  let hasEnded = false;
  const look = async (): Promise<void> => {
    await sleep(100);
    hasEnded = true;
  };
  expect(await watch([stream(alertsTopic, 0)], false, { look, enough: 1 })).toBe(1);
  expect(hasEnded).toBe(true);
});
