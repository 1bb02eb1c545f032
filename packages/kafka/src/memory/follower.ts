import { failure } from '../failure.ts';
import type { Follower, FollowOptions } from '../port.ts';
import type { MemoryBroker } from './broker.ts';
import type { MemoryPartition } from './partition.ts';
import { endOf, pump } from './pump.ts';
import type { Scheduler } from './scheduler.ts';

function firstOffset(partition: MemoryPartition, from: NonNullable<FollowOptions['from']>, end: number): number {
  if (from === 'earliest') return partition.earliest;
  if (from === 'latest') return end;
  if ('timestamp' in from) return Math.min(partition.offsetSince(from.timestamp), end);
  return from.offsets.get(partition.at.partition) ?? partition.earliest;
}

/** Reads every partition (or those named) without a group. */
export function memoryFollower(broker: MemoryBroker, scheduler: Scheduler, options: FollowOptions): Follower {
  const { topic, partitions, from = 'earliest', isolation = 'read_committed', onRecords } = options;
  const read = partitions?.map((partition) => broker.partition({ topic, partition })) ?? broker.partitions(topic);
  const stopped = new AbortController();
  const failed = failure();
  const loops: Promise<void>[] = [];

  const caughtUp = read.map((partition) => {
    const start = firstOffset(partition, from, endOf(partition, isolation));
    const goal = partition.latest;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (start >= goal) resolve();
    const deliver: Parameters<typeof pump>[0]['deliver'] = async (records, nextOffset) => {
      await onRecords(partition.at.partition, records, nextOffset);
      if (nextOffset >= goal) resolve();
    };
    loops.push(
      pump({ scheduler, partition, from: start, isolation, signal: stopped.signal, deliver }).catch(
        (error: unknown) => {
          stopped.abort();
          failed.fail(error);
        },
      ),
    );
    return promise;
  });

  const all = Promise.race([failed.promise, Promise.all(caughtUp).then(() => undefined)]);
  all.catch(() => undefined);
  return {
    caughtUp: all,
    failed: failed.promise,
    stop: async () => {
      stopped.abort();
      await Promise.all(loops);
    },
  };
}
