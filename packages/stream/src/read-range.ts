import type { Log, LogRecord, TopicPartition } from '@resonant/kafka';

/**
 * Hands over the committed records of `[from, to)` of a partition in offset order and resolves when all are handed
 * over, or at once when `signal` is aborted. `to` must not lie behind what a `read_committed` reader has seen.
 */
export async function readRange(
  log: Log,
  { topic, partition }: TopicPartition,
  range: { readonly from: number | 'earliest'; readonly to: number },
  signal: AbortSignal,
  onRecords: (records: readonly LogRecord[], nextOffset: number) => Promise<void>,
): Promise<void> {
  const { from, to } = range;
  if (signal.aborted || (from !== 'earliest' && from >= to)) return;
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<void>();
  const aborted = () => end();
  signal.addEventListener('abort', aborted, { once: true });
  let isDone = false;
  let handedOver = Promise.resolve();
  const hand = async (records: readonly LogRecord[], nextOffset: number): Promise<void> => {
    try {
      await onRecords(
        records.filter((record) => record.offset < to),
        Math.min(nextOffset, to),
      );
      if (nextOffset >= to) end();
    } catch (error) {
      fail(error);
    }
  };
  const follower = await log.follow({
    topic,
    partitions: [partition],
    from: from === 'earliest' ? from : { offsets: new Map([[partition, from]]) },
    isolation: 'read_committed',
    onRecords: (_, records, nextOffset) => {
      if (isDone) return Promise.resolve();
      handedOver = hand(records, nextOffset);
      return handedOver;
    },
  });
  try {
    follower.failed.catch(fail);
    follower.caughtUp.then(end, fail);
    await ended;
  } finally {
    isDone = true;
    signal.removeEventListener('abort', aborted);
    await handedOver;
    await follower.stop();
  }
}
