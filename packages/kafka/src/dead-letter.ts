import { createHash } from 'node:crypto';
import { type DeadLetter, deadLettersTopic, eventHeaders } from '@resonant/contracts';
import { encoderFor } from './codec.ts';
import type { Log } from './port.ts';

export interface DeadLetterWriter {
  /**
   * Resolves once the dead letter is durable. Its id is a hash of origin and bytes, so the same letter written twice
   * has one id. Rejects with `log-unavailable`: whoever called still holds the bytes and must not go on without them.
   */
  write(deadLetter: Omit<DeadLetter, 'deadLetterId'>): Promise<void>;
  close(): Promise<void>;
}

/** Opens a producer for `resonant.dead-letters.v1`. */
export async function deadLetterWriter(log: Log): Promise<DeadLetterWriter> {
  const encode = await encoderFor(log, deadLettersTopic, 'DeadLetter');
  const producer = await log.producer();
  return {
    write: async (deadLetter) => {
      const hash = createHash('sha256').update(deadLetter.origin).update('\0').update(deadLetter.payload);
      const deadLetterId = hash.digest('hex').slice(0, 32);
      await producer.send({
        topic: deadLettersTopic,
        key: deadLetter.origin,
        value: encode({ deadLetterId, ...deadLetter }),
        headers: eventHeaders({
          id: deadLetterId,
          type: 'dead-letter',
          source: `/services/${deadLetter.source}`,
          time: deadLetter.at,
        }),
      });
    },
    close: () => producer.close(),
  };
}
