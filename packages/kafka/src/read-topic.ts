import { type Decoded, ResonantError } from '@resonant/contracts';
import { decoderFor } from './codec.ts';
import type { Log, LogRecord } from './port.ts';

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
  const found = new Map<number, Decoded[]>();
  await readRecords(log, topic, ({ partition, value }, decode) => {
    if (value === null) return;
    const decoded = found.get(partition) ?? [];
    decoded.push(decode());
    found.set(partition, decoded);
  });
  return found;
}

/**
 * Hands over each record that stands in a topic now, tombstones as well, in order per partition, with what decodes it and
 * throws as `Decoder.decode` does. What `take` throws ends the reading. Rejects with `log-unavailable` if the log or the
 * registry is away.
 */
export async function readRecords(
  log: Log,
  topic: string,
  take: (record: LogRecord, decode: () => Decoded) => void,
): Promise<void> {
  const decoder = decoderFor(log);
  const follower = await log.follow({
    topic,
    onRecords: async (_partition, records) => {
      await decoder.prepare(records.map(({ value }) => value));
      for (const record of records) {
        take(record, () => {
          if (record.value !== null) return decoder.decode(record.value);
          throw new ResonantError('undecodable-record', 'expected a value, got none');
        });
      }
    },
  });
  try {
    await follower.caughtUp;
  } finally {
    await follower.stop();
  }
}
