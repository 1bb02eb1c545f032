import { createHash } from 'node:crypto';
import { type DeadLetter, deadLettersTopic, eventHeaders } from '@resonant/contracts';
import { encoderFor } from './codec.ts';
import type { Log, NewRecord } from './port.ts';

export interface DeadLetterWriter {
  /**
   * Resolves once the dead letter is durable. Its id is a hash of origin and bytes, so the same letter written twice
   * has one id. Rejects with `log-unavailable`: whoever called still holds the bytes and must not go on without them.
   */
  write(deadLetter: Omit<DeadLetter, 'deadLetterId'>): Promise<void>;
  close(): Promise<void>;
}

/** The id of a letter: a hash of its origin and its bytes, so that who puts a record aside twice makes one letter. */
export const deadLetterIdOf = ({ origin, payload }: Pick<DeadLetter, 'origin' | 'payload'>): string =>
  createHash('sha256').update(origin).update('\0').update(payload).digest('hex').slice(0, 32);

/**
 * Makes the record of a dead letter, for whoever writes it in a transaction of its own.
 */
export async function deadLetterRecords(
  log: Log,
): Promise<(deadLetter: Omit<DeadLetter, 'deadLetterId'>) => NewRecord> {
  const encode = await encoderFor(log, deadLettersTopic, 'DeadLetter');
  return (deadLetter) => {
    const deadLetterId = deadLetterIdOf(deadLetter);
    return {
      topic: deadLettersTopic,
      key: deadLetter.origin,
      value: encode({ deadLetterId, ...deadLetter }),
      headers: eventHeaders({
        id: deadLetterId,
        type: 'dead-letter',
        source: `/services/${deadLetter.source}`,
        time: deadLetter.at,
      }),
    };
  };
}

/** Opens a producer for `resonant.dead-letters.v1`. */
export async function deadLetterWriter(log: Log): Promise<DeadLetterWriter> {
  const recordOf = await deadLetterRecords(log);
  const producer = await log.producer();
  return {
    write: async (deadLetter) => {
      await producer.send(recordOf(deadLetter));
    },
    close: () => producer.close(),
  };
}
