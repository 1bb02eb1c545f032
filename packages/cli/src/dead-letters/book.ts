import { type DeadLetter, type DeadLetterOutcome, deadLettersTopic, ResonantError } from '@resonant/contracts';
import { decoderFor, type Log } from '@resonant/kafka';

export type DeadLetterState = 'pending' | 'replayed' | 'discarded';

/** A dead letter without its bytes, and what was decided about it. */
export interface Kept {
  readonly letter: Omit<DeadLetter, 'payload' | 'headers' | 'key'>;
  /** Length of its payload in bytes. */
  readonly size: number;
  readonly state: DeadLetterState;
  /** The last decision; undefined while pending. */
  readonly outcome: DeadLetterOutcome | undefined;
}

/** What the topic of dead letters says. */
export interface DeadLetterBook {
  /** By id, in the order in which they were put aside. A letter that was written twice has one id and counts once. */
  readonly letters: ReadonlyMap<string, Kept>;
  /** Records of the topic that cannot be decoded: counted, so that nothing is hidden. */
  readonly undecodable: number;
}

/**
 * Reads everything in the topic of dead letters. Payloads are not kept, so memory grows with the number of letters
 * only. Rejects with `log-unavailable`.
 */
export async function readDeadLetters(log: Log): Promise<DeadLetterBook> {
  const letters = new Map<string, Kept>();
  const undecodable = await each(log, (value) => {
    if (value.kind === 'letter') {
      const { payload, headers: _headers, key: _key, ...letter } = value.letter;
      const known = letters.get(letter.deadLetterId);
      if (!isToldBy(letter, known?.letter)) return;
      const { state = 'pending', outcome } = known ?? {};
      letters.set(letter.deadLetterId, { letter, size: payload.length, state, outcome });
      return;
    }
    const { outcome } = value;
    const known = letters.get(outcome.deadLetterId);
    if (known !== undefined) letters.set(outcome.deadLetterId, { ...known, state: stateOf(outcome), outcome });
  });
  const sorted = [...letters].sort(([, a], [, b]) => a.letter.at - b.letter.at);
  return { letters: new Map(sorted), undecodable };
}

/** The whole of the dead letters with these ids; those that are not there are left out. */
export async function readWhole(log: Log, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, DeadLetter>> {
  const found = new Map<string, DeadLetter>();
  await each(log, (value) => {
    if (value.kind !== 'letter' || !ids.has(value.letter.deadLetterId)) return;
    const { letter } = value;
    if (!isToldBy(letter, found.get(letter.deadLetterId))) return;
    found.set(letter.deadLetterId, { ...letter, payload: Buffer.from(letter.payload) });
  });
  return found;
}

/**
 * Whether a letter is to be told as this record says, and not as the one before it with its id. Of copies the first counts,
 * but history's word only where nobody else put the record aside: who could not read it has to be the one to try again.
 */
const isToldBy = (letter: { readonly source: string }, known: { readonly source: string } | undefined): boolean =>
  known === undefined || (known.source === 'history' && letter.source !== 'history');

type Value =
  | { readonly kind: 'letter'; readonly letter: DeadLetter }
  | { readonly kind: 'outcome'; readonly outcome: DeadLetterOutcome };

/** A letter and its outcomes have one key, so they stand in one partition, in order. */
async function each(log: Log, take: (value: Value) => void): Promise<number> {
  const decoder = decoderFor(log);
  let undecodable = 0;
  const follower = await log.follow({
    topic: deadLettersTopic,
    onRecords: async (_partition, records) => {
      const values = records.flatMap(({ value }) => value ?? []);
      await decoder.prepare(values);
      for (const bytes of values) {
        const value = readValue(decoder, bytes);
        if (value === undefined) undecodable++;
        else take(value);
      }
    },
  });
  try {
    await follower.caughtUp;
  } finally {
    await follower.stop();
  }
  return undecodable;
}

function readValue(decoder: ReturnType<typeof decoderFor>, bytes: Buffer): Value | undefined {
  try {
    const { type, value } = decoder.decode(bytes);
    if (type === 'DeadLetter') return { kind: 'letter', letter: value };
    return type === 'DeadLetterOutcome' ? { kind: 'outcome', outcome: value } : undefined;
  } catch (error) {
    if (error instanceof ResonantError && error.code !== 'internal') return undefined;
    throw error;
  }
}

const stateOf = ({ outcome }: DeadLetterOutcome): DeadLetterState =>
  outcome === 'replayed' || outcome === 'discarded' ? outcome : 'pending';
