import {
  type Decoded,
  eventHeaders,
  isResonantError,
  type Keyspace,
  keyspaces,
  ResonantError,
  type Signal,
  signalsTopic,
} from '@resonant/contracts';
import { deadLetterRecords, decoderFor, encoderFor, type Log, type LogRecord, type NewRecord } from '@resonant/kafka';
import type { TaskProcessor } from '@resonant/stream';
import { type Analyzer, deriveSignals, type Silence } from './derivation.ts';
import { destinationsOf } from './routing.ts';
import type { Tables } from './tables.ts';

/** What became of a touchpoint: signals, silence for a reason, or a dead letter. */
export type Outcome = 'signals' | 'dead-letter' | Silence;

/** Hears what is derived; it may hear the same again when a transaction is repeated. */
export interface DerivationObserver {
  touchpoint(topic: string, outcome: Outcome): void;
  signal(signal: Signal, keyspace: Keyspace | 'none'): void;
  deadLetter(origin: string, error: ResonantError): void;
}

const source = '/services/signals';

/**
 * Turns records of touchpoint partitions into records of the signals topics. It remembers nothing, so one object serves
 * all partitions. What cannot be decoded or judged becomes a dead letter among the outputs: it never blocks what is
 * behind it. `now` is the host's clock, epoch ms.
 */
export async function touchpointProcessor(options: {
  readonly log: Log;
  readonly tables: Tables;
  readonly analyzer: Analyzer;
  readonly observer: DerivationObserver;
  readonly now: () => number;
}): Promise<TaskProcessor> {
  const { log, tables, analyzer, observer, now } = options;
  const decoder = decoderFor(log);
  const knowledge = { directory: tables.directory, vocabulary: tables.vocabulary, analyzer };
  const deadLetterOf = await deadLetterRecords(log);
  const encoders = new Map<Keyspace, (signal: Signal) => Buffer>();
  for (const keyspace of keyspaces) encoders.set(keyspace, await encoderFor(log, signalsTopic(keyspace), 'Signal'));

  const signalRecords = (signal: Signal, traceparent: string | undefined): readonly NewRecord[] => {
    const destinations = destinationsOf(signal);
    if (destinations.length === 0) observer.signal(signal, 'none');
    const headers = eventHeaders({ id: signal.id, type: 'signal', source, time: signal.occurredAt, traceparent });
    return destinations.map(({ keyspace, key }) => {
      observer.signal(signal, keyspace);
      return { topic: signalsTopic(keyspace), key, value: encoders.get(keyspace)?.(signal) ?? null, headers };
    });
  };

  const deadLetter = (record: LogRecord, error: ResonantError): NewRecord => {
    const origin = `${record.topic}/${record.partition}/${record.offset}`;
    observer.deadLetter(origin, error);
    return deadLetterOf({
      source: 'signals',
      origin,
      reason: error.code,
      detail: error.message,
      at: now(),
      mediaType: record.headers['content-type']?.toString() ?? 'application/octet-stream',
      key: record.key,
      headers: record.headers,
      payload: record.value ?? Buffer.alloc(0),
    });
  };

  const recordsOf = (record: LogRecord): readonly NewRecord[] => {
    try {
      const { signals, silence } = deriveSignals(decoded(record), knowledge);
      const records = signals.flatMap((signal) => signalRecords(signal, record.headers.traceparent?.toString()));
      observer.touchpoint(record.topic, silence ?? 'signals');
      return records;
    } catch (error) {
      // Not the record's fault: the batch is tried again.
      if (isResonantError(error, 'internal')) throw error;
      observer.touchpoint(record.topic, 'dead-letter');
      return [deadLetter(record, asResonantError(error))];
    }
  };

  const decoded = (record: LogRecord): Decoded => {
    if (record.value === null) throw new ResonantError('undecodable-record', 'expected a touchpoint, got no value');
    return decoder.decode(record.value);
  };

  return {
    restore: 'none',
    prepare: async (records) => {
      await Promise.all([decoder.prepare(records.map((record) => record.value)), tables.upToDate()]);
    },
    process: (records) => records.flatMap(recordsOf),
  };
}

// The message of an unexpected error may quote a customer's words, so only its kind is kept.
const asResonantError = (error: unknown): ResonantError =>
  error instanceof ResonantError
    ? error
    : new ResonantError('unprocessable-touchpoint', `deriving signals threw a ${(error as Error).name ?? 'value'}`, {
        cause: error,
      });
