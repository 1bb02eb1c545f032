import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repository } from '@resonant/cli';
import { killLoop } from './kills/campaign.ts';

test('writers and engine are killed while records stream in: nothing is missing, nothing doubled, every digest equal', async () => {
  const { kills, hits, verdict } = await killLoop({
    base: 8000,
    folder: join(repository, '.resonant', 'kill-loop'),
    seed: Number(process.env.SEED ?? 1),
    kills: 6,
    records: 30_000,
    perSecond: 4000,
    writers: 2,
    zombies: 0,
  });
  expect(kills).toBeGreaterThanOrEqual(6);
  expect({ hits, verdict }).toEqual({
    hits,
    verdict: {
      records: 30_000,
      missing: 0,
      doubled: 0,
      signals: { inKafka: 26_994, stored: 26_994, distinct: 26_994 },
      rejected: { inKafka: 6, inLedger: 6, deadLetters: 6 },
      ranges: verdict.ranges,
      differences: [],
    },
  });
}, 180_000);
