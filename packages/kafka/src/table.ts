import { type Decoded, isResonantError, type ResonantError } from '@resonant/contracts';
import { decoderFor } from './codec.ts';
import type { Follower, Log, LogRecord } from './port.ts';

/** What a reader of a compacted topic keeps. */
export interface Table {
  put(key: string, decoded: Decoded, record: LogRecord): void;
  /** A tombstone came. */
  remove(key: string, record: LogRecord): void;
  /** Bytes that no schema fits; without this method the follower fails on them. */
  undecodable?(record: LogRecord, error: ResonantError): void;
  /** Everything before `nextOffset` of a partition has been handed over. */
  passed?(partition: number, nextOffset: number): void;
}

/**
 * Follows a compacted topic from the beginning: latest value per key. `await follower.caughtUp` before use. A record
 * type that this release does not know makes `failed` reject.
 */
export function followTable(log: Log, topic: string, table: Table): Promise<Follower> {
  const decoder = decoderFor(log);
  const take = (record: LogRecord): void => {
    const key = record.key?.toString('utf8') ?? '';
    if (record.value === null) {
      table.remove(key, record);
      return;
    }
    let decoded: Decoded;
    try {
      decoded = decoder.decode(record.value);
    } catch (error) {
      if (table.undecodable === undefined || !isResonantError(error, 'undecodable-record')) throw error;
      table.undecodable(record, error);
      return;
    }
    table.put(key, decoded, record);
  };
  return log.follow({
    topic,
    onRecords: async (partition, records, nextOffset) => {
      await decoder.prepare(records.map((record) => record.value));
      for (const record of records) take(record);
      table.passed?.(partition, nextOffset);
    },
  });
}
