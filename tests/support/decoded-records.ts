import type { Decoded } from '@resonant/contracts';
import { decoderFor, type Log } from '@resonant/kafka';

/** Everything that stands in a topic now, as a `read_committed` reader sees it, in order per partition. */
export async function decodedRecords(log: Log, topic: string): Promise<readonly Decoded[]> {
  const decoder = decoderFor(log);
  const records: Decoded[] = [];
  const follower = await log.follow({
    topic,
    onRecords: async (_, batch) => {
      for (const { value } of batch) if (value !== null) records.push(await decoder.read(Buffer.from(value)));
    },
  });
  await Promise.race([follower.caughtUp, follower.failed]);
  await follower.stop();
  return records;
}
