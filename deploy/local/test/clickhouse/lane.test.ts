import { describe, expect, test } from '@jest/globals';
import { Lane } from '../../src/clickhouse/lane.ts';
import { QueryError } from '../../src/clickhouse/query-error.ts';

const { signal: never } = new AbortController();

describe('a lane', () => {
  test('lets so many in, and the others in the order in which they came', async () => {
    const lane = new Lane(2, { waiting: 10, waitMs: 60_000 });
    const order: number[] = [];
    const leaves = await Promise.all([lane.enter(never), lane.enter(never)]);
    const waiting = [1, 2, 3].map(async (n) => {
      const leave = await lane.enter(never);
      order.push(n);
      return leave;
    });
    expect(order).toEqual([]);
    leaves[0]?.();
    (await waiting[0])?.();
    (await waiting[1])?.();
    (await waiting[2])?.();
    expect(order).toEqual([1, 2, 3]);
  });

  test('refuses whom there is no room to wait for, and whoever waits too long', async () => {
    const lane = new Lane(1, { waiting: 1, waitMs: 10 });
    await lane.enter(never);
    const waiting = lane.enter(never);
    await expect(lane.enter(never)).rejects.toMatchObject({ code: 202 });
    await expect(waiting).rejects.toMatchObject({ code: 202 });
  });

  test('forgets whoever goes away while waiting', async () => {
    const lane = new Lane(1, { waiting: 10, waitMs: 60_000 });
    const leave = await lane.enter(never);
    const gone = new AbortController();
    const first = lane.enter(gone.signal);
    const second = lane.enter(never);
    gone.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    leave();
    (await second)();
    await expect(lane.enter(gone.signal)).rejects.toThrow('gone');
    (await lane.enter(never))();
  });

  test('refuses all that wait when it is cleared, and goes on with who is in', async () => {
    const lane = new Lane(1, { waiting: 10, waitMs: 60_000 });
    const leave = await lane.enter(never);
    const waiting = [lane.enter(never), lane.enter(never)];
    lane.clear(new QueryError('ABORTED', 'stopping'));
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 236 });
    leave();
    (await lane.enter(never))();
  });
});
