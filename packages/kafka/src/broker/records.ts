import { ResonantError } from '@resonant/contracts';
import type { LogRecord } from '../port.ts';
import type { WirePartition, WireRecord } from './internals.ts';

/** What a fetch brought of one partition: the visible records from `from` on, and where to go on. */
export interface Fetched {
  readonly records: readonly LogRecord[];
  readonly nextOffset: number;
}

/** The control record that ends an aborted transaction: version 0, type 0. */
const isAbortMarker = (record: WireRecord): boolean =>
  record.isControlRecord && record.key !== null && record.key.length >= 4 && record.key.readUInt16BE(2) === 0;

/** Leaves out control records, what was aborted and what lies before `from`; copies the rest out of the fetch buffer. */
export function readable(topic: string, from: number, fetched: WirePartition): Fetched {
  const { partition, messages } = fetched;
  if (messages.length > 0 && messages.nextOffset === undefined) {
    throw new ResonantError('internal', 'the Kafka client lacks its patch (patches/): install with pnpm');
  }
  const aborted = [...(fetched.abortedTransactions ?? [])].sort(
    (a, b) => Number(a.firstOffset) - Number(b.firstOffset),
  );
  const aborting = new Set<string>();
  const records: LogRecord[] = [];
  for (const message of messages) {
    const offset = Number(message.offset);
    while (aborted[0] !== undefined && Number(aborted[0].firstOffset) <= offset) {
      aborting.add((aborted.shift() as { producerId: string }).producerId);
    }
    const { producerId, inTransaction } = message.batchContext;
    if (message.isControlRecord) {
      if (isAbortMarker(message)) aborting.delete(producerId);
    } else if (offset >= from && !(inTransaction && aborting.has(producerId))) {
      records.push(copied(topic, partition, offset, message));
    }
  }
  return { records, nextOffset: Math.max(from, messages.nextOffset ?? from) };
}

const copied = (topic: string, partition: number, offset: number, message: WireRecord): LogRecord => {
  const headers: Record<string, Buffer> = {};
  for (const name of Object.keys(message.headers)) {
    const value = message.headers[name];
    // of a header that comes twice the last counts, as in Kafka's own `lastHeader`
    const last = Array.isArray(value) ? (value.at(-1) as Buffer) : (value as Buffer | null);
    if (last !== null) headers[name] = Buffer.from(last);
  }
  return {
    topic,
    partition,
    offset,
    timestamp: Number(message.timestamp),
    key: message.key && Buffer.from(message.key),
    value: message.value && Buffer.from(message.value),
    headers,
  };
};
