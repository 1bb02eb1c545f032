import type { Decoded } from '@resonant/contracts';
import { decoderFor } from './codec.ts';
import type { Log } from './port.ts';

/**
 * Everything that stands in a topic now as a `read_committed` reader sees it, decoded, in order per partition;
 * tombstones are left out. Rejects with `undecodable-record` if a record cannot be decoded, `log-unavailable` if the
 * log is away. All of it is held in memory.
 */
export async function readTopic(log: Log, topic: string): Promise<readonly Decoded[]> {
  return [...(await readPartitions(log, topic)).values()].flat();
}

/** The same by partition; a partition where nothing stands is left out. */
export async function readPartitions(log: Log, topic: string): Promise<ReadonlyMap<number, readonly Decoded[]>> {
  const decoder = decoderFor(log);
  const found = new Map<number, Decoded[]>();
  const follower = await log.follow({
    topic,
    onRecords: async (partition, records) => {
      const values = records.flatMap(({ value }) => value ?? []);
      await decoder.prepare(values);
      const decoded = values.map((value) => decoder.decode(value));
      if (decoded.length > 0) found.set(partition, [...(found.get(partition) ?? []), ...decoded]);
    },
  });
  try {
    await follower.caughtUp;
  } finally {
    await follower.stop();
  }
  return found;
}
