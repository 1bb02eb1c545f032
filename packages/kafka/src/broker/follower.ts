import { failure } from '../failure.ts';
import type { Follower, FollowOptions } from '../port.ts';
import type { Client, LogFunction } from './client.ts';
import { logError } from './errors.ts';
import { Fetcher } from './fetcher.ts';
import type { Cluster } from './internals.ts';
import { earliest, latest, offsetsAt, offsetsSince, partitionsOf } from './offsets.ts';
import { rideOver } from './ride-over.ts';

/** How long it may take to begin, over restarts of the cluster; after that a follower goes on trying without end. */
const beginLimitMs = 15_000;

async function firstOffsets(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  { from = 'earliest', isolation = 'read_committed' }: FollowOptions,
): Promise<ReadonlyMap<number, number>> {
  if (from === 'latest') return offsetsAt(cluster, topic, partitions, latest, isolation);
  if (from !== 'earliest' && 'timestamp' in from) {
    return offsetsSince(cluster, topic, partitions, from.timestamp, isolation);
  }
  const first = await offsetsAt(cluster, topic, partitions, earliest, isolation);
  return from === 'earliest' ? first : new Map([...first, ...from.offsets]);
}

/** Reads partitions without a group: nothing is committed, nobody else is affected. */
export async function brokerFollower(
  open: () => Client,
  options: FollowOptions,
  onLog: LogFunction,
): Promise<Follower> {
  const { topic, isolation = 'read_committed', onRecords } = options;
  const fetcher = new Fetcher(open, isolation, onLog);
  const failed = failure();
  try {
    const { partitions, starts, ends } = await rideOver(beginLimitMs, async () => {
      const cluster = await fetcher.start([topic]);
      const all = await partitionsOf(cluster, topic);
      const asked = [...(options.partitions ?? all)].sort((x, y) => x - y);
      return {
        partitions: asked,
        starts: await firstOffsets(cluster, topic, asked, options),
        // open transactions included: one that has just been committed may still look like that
        ends: await offsetsAt(cluster, topic, asked, latest, 'read_uncommitted'),
      };
    });
    const caughtUp = partitions.map((partition) => {
      const goal = ends.get(partition) as number;
      const start = starts.get(partition) as number;
      const { promise, resolve } = Promise.withResolvers<void>();
      const slot = fetcher.add(
        { topic, partition },
        {
          deliver: async (records, nextOffset) => {
            await onRecords(partition, records, nextOffset);
            if (nextOffset >= goal) resolve();
          },
          failed: failed.fail,
        },
      );
      if (start >= goal) resolve();
      return { promise, begin: () => slot.begin(start) };
    });
    for (const { begin } of caughtUp) begin();
    const done = Promise.race([
      failed.promise,
      Promise.all(caughtUp.map(({ promise }) => promise)).then(() => undefined),
    ]);
    done.catch(() => undefined); // `failed` says the same
    return { caughtUp: done, failed: failed.promise, stop: () => fetcher.stop() };
  } catch (error) {
    await fetcher.stop();
    throw logError(error, `following ${topic}`);
  }
}
