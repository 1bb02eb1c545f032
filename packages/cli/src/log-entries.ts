import { type Keyspace, ResonantError, signalsTopic } from '@resonant/contracts';
import { formatEntry } from '@resonant/engine';
import { decoderFor, type Log } from '@resonant/kafka';
import { logEntryOf } from '@resonant/stream';

/** Takes what a partition holds, in order. A promise that is returned holds up the next record. */
export interface EntrySink {
  /** A line of rules.md section 1, without line feed. */
  entry(line: string): Promise<void> | void;
  /** A record that no schema fits: it is left out, as every replay leaves it out. */
  undecodable(offset: number, reason: string): void;
}

/**
 * Reads one partition of a keyspace's signals topic from its beginning up to what stands there at the call. Rejects
 * with `not-found` if there is no such partition, `unknown-record-type` if the log holds what this release cannot read.
 */
export async function readEntries(log: Log, keyspace: Keyspace, partition: number, sink: EntrySink): Promise<void> {
  const topic = signalsTopic(keyspace);
  const admin = await log.admin();
  const count = await admin.partitionCount(topic).finally(() => admin.close());
  if (partition >= count) {
    throw new ResonantError('not-found', `${topic} has the partitions 0 to ${count - 1}, not ${partition}`);
  }
  const decoder = decoderFor(log);
  const follower = await log.follow({
    topic,
    partitions: [partition],
    onRecords: async (_, records) => {
      await decoder.prepare(records.map(({ value }) => value));
      for (const record of records) {
        const entry = logEntryOf(record, decoder);
        if (entry instanceof ResonantError) sink.undecodable(record.offset, entry.message);
        else await sink.entry(formatEntry(entry));
      }
    },
  });
  try {
    await Promise.race([follower.caughtUp, follower.failed]);
  } finally {
    await follower.stop();
  }
}
