import { type Erasure, erasuresTopic, eventHeaders } from '@resonant/contracts';
import { encoderFor } from './codec.ts';
import type { Log } from './port.ts';
import { readTopic } from './read-topic.ts';

/** Writes parts of erasures to `resonant.erasures.v1`, where they outlast ClickHouse. */
export interface ErasureWriter {
  /** Resolves once it is durable. Rejects with `log-unavailable`. */
  write(erasure: Erasure): Promise<void>;
  close(): Promise<void>;
}

/** Opens a producer for them. */
export async function erasureWriter(log: Log): Promise<ErasureWriter> {
  const encode = await encoderFor(log, erasuresTopic, 'Erasure');
  const producer = await log.producer();
  return {
    write: async (erasure) => {
      const key = `${erasure.erasureId}/${erasure.part}`;
      const headers = eventHeaders({ id: key, type: 'erasure', source: '/packages/cli', time: erasure.erasedAt });
      await producer.send({ topic: erasuresTopic, key, value: encode(erasure), headers });
    },
    close: () => producer.close(),
  };
}

/** Every part of every erasure that was published. Rejects as `readTopic` does. */
export async function publishedErasures(log: Log): Promise<readonly Erasure[]> {
  const decoded = await readTopic(log, erasuresTopic);
  return decoded.flatMap(({ type, value }) => (type === 'Erasure' ? value : []));
}
