import { isResonantError, type Snapshot, type StatePart } from '@resonant/contracts';
import { decoderFor, type Log, type LogRecord, type TopicPartition } from '@resonant/kafka';
import { readRange } from '../read-range.ts';
import { inTurns, type Turns } from '../turns.ts';
import { headKey } from './part-keys.ts';
import { puttingTogether, type StoredState } from './stored-state.ts';

/**
 * Reads one partition of a state topic to its end as a `read_committed` reader sees it. Its owner has been fenced, so
 * nothing follows. A record that this release cannot read makes the snapshot unusable, not the read fail; keys of such
 * records are left over. Ends early, with what was read, when `signal` is aborted.
 */
export async function readState(log: Log, at: TopicPartition, signal: AbortSignal, turns: Turns): Promise<StoredState> {
  const decoder = decoderFor(log);
  const chunks = new Map<string, StatePart>();
  const unreadable = new Map<string, string>();
  let head: Snapshot | undefined;
  const take = (record: LogRecord): void => {
    const key = record.key?.toString() ?? '';
    chunks.delete(key);
    unreadable.delete(key);
    // what was cleared away stands there until the log is compacted
    if (key === headKey) head = undefined;
    if (record.value === null) return;
    try {
      const decoded = decoder.decode(record.value);
      if (decoded.type === 'Snapshot') head = decoded.value;
      else if (decoded.type === 'StatePart') chunks.set(key, decoded.value);
      else unreadable.set(key, `expected Snapshot or StatePart, got ${decoded.type}`);
    } catch (error) {
      if (!isResonantError(error, 'undecodable-record') && !isResonantError(error, 'unknown-record-type')) throw error;
      unreadable.set(key, error.message);
    }
  };
  await readRange(log, at, { from: 'earliest', to: Number.POSITIVE_INFINITY }, signal, async (records) => {
    await decoder.prepare(records.map((record) => record.value));
    for (const record of records) take(record);
  });
  return withUnreadable(await inTurns(puttingTogether({ head, chunks }), turns), unreadable);
}

function withUnreadable(stored: StoredState, unreadable: ReadonlyMap<string, string>): StoredState {
  const first = [...unreadable][0];
  if (first === undefined) return stored;
  const leftovers = new Map(stored.leftovers);
  for (const key of unreadable.keys()) leftovers.set(key, [key]);
  return { ...stored, leftovers, damage: stored.damage ?? `record ${first[0]} cannot be read: ${first[1]}` };
}
