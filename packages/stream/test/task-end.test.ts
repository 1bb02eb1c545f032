import { afterEach, describe, expect, test } from '@jest/globals';
import { type Log, MemoryBroker, memoryLog } from '@resonant/kafka';
import { outputs, said, start, stopStarted } from './support/restarts.ts';
import { append, laneOf, range, sumsOf, until } from './support/running-sum.ts';

afterEach(stopStarted);

describe('an orderly end', () => {
  /** A log whose transactions take so long. */
  const slowed = (log: Log, ms: () => number): Log => ({
    ...log,
    transactionalProducer: async (id, options) => {
      const producer = await log.transactionalProducer(id, options);
      return {
        commit: async (transaction) => {
          await new Promise((resolve) => setTimeout(resolve, ms()));
          await producer.commit(transaction);
        },
        close: () => producer.close(),
      };
    },
  });

  test.each([
    { bound: 'within its bound', finishWithinMs: 5000, left: [], snapshotOffset: 10, records: 0 },
    {
      bound: 'beyond it leaves the snapshot out, says so, and the next owner replays instead',
      finishWithinMs: 300,
      left: ['there is no snapshot of offset 10'],
      snapshotOffset: null,
      records: 10,
    },
  ])('on a slow log $bound', async ({ finishWithinMs, left, snapshotOffset, records: replayed }) => {
    const broker = new MemoryBroker();
    const log = memoryLog({ broker });
    const lane = await laneOf(log, 'slow-end', 1);
    await append(log, lane, 0, range(0, 10));
    let ms = 0;
    const first = await start(
      slowed(memoryLog({ broker }), () => ms),
      lane,
      { finishWithinMs, sessionTimeoutMs: 5000 },
    );
    await until(() => first.tasks.status()[0]?.committed === 10, 'the outputs to be committed');
    ms = 600;
    await first.stop();
    expect(first.left).toEqual(left);
    const second = await start(log, lane);
    await append(log, lane, 0, range(10, 12));
    await said(log, lane, 12);
    expect(await outputs(log, lane)).toEqual(sumsOf(0, range(0, 12)));
    expect(second.restored[0]).toMatchObject({ snapshotOffset, records: replayed });
  });
});
