import {
  inboundTopic,
  isResonantError,
  ResonantError,
  type Source,
  sources,
  type Touchpoint,
} from '@resonant/contracts';
import type { LogRecord } from '@resonant/kafka';
import { limits } from '../http/body.ts';
import { mailType, touchpointOf } from '../sources/touchpoint.ts';

/** What a record of an inbound topic turned out to be. */
export type Inbound =
  | { readonly kind: 'touchpoint'; readonly record: LogRecord; readonly touchpoint: Touchpoint }
  | { readonly kind: 'unreadable'; readonly record: LogRecord; readonly error: ResonantError };

/** `topic/partition/offset`. */
export const originOf = ({ topic, partition, offset }: LogRecord): string => `${topic}/${partition}/${offset}`;

/** The source that an inbound topic belongs to. */
export function sourceOfInbound(topic: string): Source {
  const source = sources.find((name) => inboundTopic(name) === topic);
  if (source === undefined) throw new ResonantError('internal', `${topic} is no inbound topic`);
  return source;
}

/** Reads a record: the JSON of the HTTP route, or for emails a mail under the header `content-type: message/rfc822`. */
export async function readInbound(source: Source, record: LogRecord, receivedAt: number): Promise<Inbound> {
  try {
    return { kind: 'touchpoint', record, touchpoint: await touchpointOfRecord(source, record, receivedAt) };
  } catch (error) {
    if (!isResonantError(error)) throw error;
    return { kind: 'unreadable', record, error };
  }
}

async function touchpointOfRecord(source: Source, record: LogRecord, receivedAt: number): Promise<Touchpoint> {
  const payload = record.value ?? Buffer.alloc(0);
  const payloadType = typeOf(record);
  const limit = payloadType === mailType ? limits.body : limits.item;
  if (payload.length > limit) {
    throw new ResonantError('too-large', `the record has ${payload.length} bytes, at most ${limit} are taken`);
  }
  return touchpointOf(source, { receivedAt, via: 'kafka', keyId: null, payload, payloadType });
}

/** Media type that the record names, else JSON. */
export const typeOf = ({ headers }: LogRecord): string =>
  headers['content-type']?.toString('latin1').split(';')[0]?.trim().toLowerCase() || 'application/json';
