import { setTimeout as sleep } from 'node:timers/promises';
import { signalsTopic } from '@resonant/contracts';
import { type Admin, encoderFor, type Log } from '@resonant/kafka';
import type { WorkerProcess } from './process.ts';
import { groupOf } from './worker.ts';

const keyspace = 'region';
const topic = signalsTopic(keyspace);

/** Committed offsets, by partition. */
async function committed(admin: Admin, name: string): Promise<readonly number[]> {
  return (await admin.committed(groupOf(name, keyspace), topic)).map(({ offset }) => offset ?? 0);
}

/** Appends a tick to each partition every 20 ms, so that there is always something to commit; the result ends that. */
async function trickle(log: Log, partitions: number): Promise<() => Promise<void>> {
  const producer = await log.producer();
  const encode = await encoderFor(log, topic, 'Tick');
  let isEnded = false;
  const loop = (async () => {
    while (!isEnded) {
      const value = encode({ at: Date.now() });
      const ticks = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, key: null, value }));
      await producer.sendAll(ticks);
      await sleep(20);
    }
  })();
  return async () => {
    isEnded = true;
    await loop;
    await producer.close();
  };
}

/**
 * Seconds from SIGKILL of an owner of partitions of keyspace region until the first, and until every one of those that
 * it owned, is committed further. `next` gives the process that takes over when it is asked after the kill; a process
 * that stands by shares the partitions with the owner before.
 */
export async function takeover(
  log: Log,
  options: {
    readonly name: string;
    readonly partitions: number;
    readonly owner: WorkerProcess;
    readonly standby?: WorkerProcess;
    readonly next: () => WorkerProcess;
  },
): Promise<{ readonly firstS: number; readonly allS: number; readonly worker: WorkerProcess }> {
  const { name, partitions, owner, standby, next } = options;
  const admin = await log.admin();
  const end = await trickle(log, partitions);
  try {
    const isShared = (): boolean => {
      const [own, others] = [owner.report?.running ?? 0, standby?.report?.running ?? 0];
      return own > 0 && own + others === partitions && (standby === undefined || others > 0);
    };
    while (!isShared()) await sleep(20);
    await sleep(2000);
    const owned = Object.keys(owner.report?.positions ?? {}).map((id) => Number(id.slice(id.lastIndexOf('/') + 1)));
    await owner.end('SIGKILL');
    const killedAt = performance.now();
    const worker = next();
    const before = await committed(admin, name);
    const movedAt = new Map<number, number>();
    while (movedAt.size < owned.length) {
      for (const [partition, offset] of (await committed(admin, name)).entries()) {
        if (!owned.includes(partition)) continue;
        if (offset > (before[partition] ?? 0) && !movedAt.has(partition)) movedAt.set(partition, performance.now());
      }
      await sleep(20);
      if (performance.now() - killedAt > 120_000) throw new Error('nobody took the partitions over');
    }
    const seconds = [...movedAt.values()].map((at) => (at - killedAt) / 1000);
    return { firstS: Math.min(...seconds), allS: Math.max(...seconds), worker };
  } finally {
    await end();
    await admin.close();
  }
}
