import { setImmediate as nextTurn } from 'node:timers/promises';
import { ResonantError } from '@resonant/contracts';
import { type Log, realScheduler, type Scheduler } from '@resonant/kafka';

/** The host's scheduler, on which `fails` decides which steps of the in-memory broker are refused. */
export const faultyScheduler = (fails: (point: string) => boolean): Scheduler => ({
  ...realScheduler,
  step: async (point) => {
    await nextTurn();
    if (fails(point)) throw new ResonantError('log-unavailable', `${point} failed`);
  },
});

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const never = new Promise<never>(() => undefined);

/** A log whose process can die: from then on none of its writes reaches the broker and no call returns. */
export function mortal(log: Log & { kill(): void }): { readonly log: Log; die(): void } {
  let isDead = false;
  const alive = <A extends unknown[], R>(call: (...args: A) => Promise<R>): ((...args: A) => Promise<R>) => {
    return (...args) => (isDead ? never : call(...args).finally(() => (isDead ? never : undefined)));
  };
  return {
    log: {
      ...log,
      producer: alive(async (options) => {
        const producer = await log.producer(options);
        return {
          send: alive((record) => producer.send(record)),
          sendAll: alive((records) => producer.sendAll(records)),
          close: () => producer.close(),
        };
      }),
      transactionalProducer: alive(async (id, options) => {
        const producer = await log.transactionalProducer(id, options);
        return { commit: alive((transaction) => producer.commit(transaction)), close: () => producer.close() };
      }),
    },
    die: () => {
      isDead = true;
      log.kill();
    },
  };
}
