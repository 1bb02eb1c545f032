import type { Rejected } from '@resonant/clickhouse';
import { deadLetterRecords, type Log } from '@resonant/kafka';

/** Puts records aside that are no rows; resolves once they are durable in the topic of dead letters. */
export interface LetterBox {
  write(rejected: readonly Rejected[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens a producer for them. A record that is put aside twice has one id, made of its place and its bytes. */
export async function letterBox(log: Log, now: () => number): Promise<LetterBox> {
  const recordOf = await deadLetterRecords(log);
  const producer = await log.producer();
  return {
    write: async (rejected) => {
      const letters = rejected.map(({ record, reason, detail }) =>
        recordOf({
          source: 'history',
          origin: `${record.topic}/${record.partition}/${record.offset}`,
          reason,
          detail,
          at: now(),
          mediaType: 'application/octet-stream',
          key: record.key,
          headers: record.headers,
          payload: record.value ?? Buffer.alloc(0),
        }),
      );
      await producer.sendAll(letters);
    },
    close: () => producer.close(),
  };
}
