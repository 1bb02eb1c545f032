import { type DeadLetter, type DeadLetterOutcome, deadLettersTopic, eventHeaders } from '@resonant/contracts';
import { encoderFor, type Log, type NewRecord } from '@resonant/kafka';

/** Who decides, when (epoch ms) and why. */
export interface Decision {
  readonly by: string;
  readonly at: number;
  readonly note: string;
}

/** Letters that one transaction takes: far below the largest record batch and the transaction's time. */
const perTransaction = 100;

/**
 * Appends replayed letters and what was decided about each in one transaction, so that no letter is brought back
 * without a trace or marked without being brought back. Two who decide at once cannot both: the later fences the
 * earlier. Rejects with `log-unavailable` or `fenced`; what `done` has not counted is as it was, but for the last
 * transaction, whose outcome is then unknown: look at the list before deciding again.
 */
export async function carryOut(
  log: Log,
  letters: readonly { readonly letter: DeadLetter; readonly record: NewRecord | undefined }[],
  { by, at, note }: Decision,
  done: (count: number) => void,
): Promise<void> {
  const encode = await encoderFor(log, deadLettersTopic, 'DeadLetterOutcome');
  const outcomeRecord = (letter: DeadLetter, record: NewRecord | undefined): NewRecord => {
    const outcome: DeadLetterOutcome = {
      deadLetterId: letter.deadLetterId,
      outcome: record === undefined ? 'discarded' : 'replayed',
      at,
      by,
      note,
      topic: record?.topic ?? null,
    };
    const id = `${letter.deadLetterId}-${at}`;
    return {
      topic: deadLettersTopic,
      key: letter.origin,
      value: encode(outcome),
      headers: eventHeaders({ id, type: 'dead-letter-outcome', source: '/cli', time: at }),
    };
  };
  const producer = await log.transactionalProducer('resonant-dead-letters');
  try {
    for (let first = 0; first < letters.length; first += perTransaction) {
      const part = letters.slice(first, first + perTransaction);
      await producer.commit({
        records: part.flatMap(({ letter, record }) => [
          ...(record === undefined ? [] : [record]),
          outcomeRecord(letter, record),
        ]),
      });
      done(first + part.length);
    }
  } finally {
    await producer.close();
  }
}
