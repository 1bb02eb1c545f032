import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Claims, claims } from '../src/index.ts';

const redisUrl = (): string => {
  const url = process.env.REDIS_URL;
  if (url === undefined)
    throw new Error('REDIS_URL is missing: start the local stack and point REDIS_URL at its Redis');
  return url;
};

async function withClaims<T>(work: (claims: Claims, other: Claims) => Promise<T>, claimMs = 60_000): Promise<T> {
  const prefix = `test:${randomUUID()}:`;
  const [one, two] = [claims({ url: redisUrl(), prefix, claimMs }), claims({ url: redisUrl(), prefix, claimMs })];
  const [first, second] = [await one.start(), await two.start()];
  try {
    return await work(first.value, second.value);
  } finally {
    await first.stop?.();
    await second.stop?.();
  }
}

const statuses = async (
  ids: readonly string[],
  from: Claims,
  owner: string = randomUUID(),
): Promise<readonly string[]> => (await from.claim(ids, owner)).map((result) => result.status);

describe('claims on Redis', () => {
  test('one sender claims, a second one waits, and after the write both learn that it is there', () =>
    withClaims(async (one, two) => {
      expect(await statuses(['a', 'b'], one)).toEqual(['claimed', 'claimed']);
      const [busy] = await two.claim(['a'], 'two');
      expect(busy).toEqual({ status: 'busy', retryAfterMs: expect.any(Number) });
      await one.confirm([{ id: 'a', contentHash: null }]);
      expect(await statuses(['a', 'b', 'c'], two)).toEqual(['confirmed', 'busy', 'claimed']);
    }));

  test('after the write everybody learns what tells its content from another’s', () =>
    withClaims(async (one, two) => {
      await one.claim(['a', 'b'], 'one');
      await one.confirm([
        { id: 'a', contentHash: 'h-1' },
        { id: 'b', contentHash: null },
      ]);
      expect(await two.claim(['a', 'b'], 'two')).toEqual([
        { status: 'confirmed', contentHash: 'h-1' },
        { status: 'confirmed', contentHash: null },
      ]);
    }));

  test('a released claim is free, but only its holder can release it', () =>
    withClaims(async (one, two) => {
      await one.claim(['a'], 'one');
      await two.release(['a'], 'two');
      expect(await statuses(['a'], two)).toEqual(['busy']);
      await one.release(['a'], 'one');
      expect(await statuses(['a'], two)).toEqual(['claimed']);
    }));

  test('the same owner may claim again, from another process too', () =>
    withClaims(async (one, two) => {
      expect(await statuses(['a'], one, 'record-7')).toEqual(['claimed']);
      expect(await statuses(['a'], two, 'record-7')).toEqual(['claimed']);
      expect(await statuses(['a'], two, 'record-8')).toEqual(['busy']);
    }));

  test('of fifty senders at once exactly one claims', () =>
    withClaims(async (one, two) => {
      const all = await Promise.all(Array.from({ length: 50 }, (_, n) => statuses(['a'], n % 2 === 0 ? one : two)));
      expect(all.flat().filter((status) => status === 'claimed')).toHaveLength(1);
    }));

  test('a claim whose holder died lapses', () =>
    withClaims(async (one, two) => {
      await one.claim(['a'], 'one');
      const deadline = Date.now() + 5_000;
      let status = 'busy';
      while (status === 'busy' && Date.now() < deadline) [status = 'none'] = await statuses(['a'], two);
      expect(status).toBe('claimed');
    }, 50));

  test('without Redis everything goes on, degraded', async () => {
    const started = await claims({ url: 'redis://127.0.0.1:1', prefix: 'x:', commandTimeoutMs: 200 }).start();
    expect(await statuses(['a', 'b'], started.value)).toEqual(['unavailable', 'unavailable']);
    await started.value.confirm([{ id: 'a', contentHash: 'h-1' }]);
    await started.value.release(['a'], 'one');
    expect([started.ready?.(), started.degraded?.()]).toEqual([
      undefined,
      expect.stringMatching(/^Redis does not answer: .*; an id that comes twice is stored twice$/),
    ]);
    await started.stop?.();
  });
});
