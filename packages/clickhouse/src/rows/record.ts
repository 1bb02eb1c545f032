import type { Decoded } from '@resonant/contracts';

/** A Kafka record as it was read; what packages/kafka calls a LogRecord. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  /** null = tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
}

/** Reads a value, as `Decoder.decode` of packages/contracts does. */
export type Decode = (value: Uint8Array) => Decoded;

/** The columns that say where a row comes from. */
export interface Coordinates {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly epoch: number;
  readonly appended_at: number;
  readonly schema_id: number;
}
