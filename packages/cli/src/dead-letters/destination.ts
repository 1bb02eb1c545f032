import {
  type DeadLetter,
  inboundTopic,
  isSource,
  keyspaces,
  replayHeaders,
  type Source,
  signalsTopic,
  sources,
  touchpointsTopic,
} from '@resonant/contracts';
import type { NewRecord } from '@resonant/kafka';

/** Where a dead letter goes when it is replayed: it is tried again by whoever refused it. */
export type Destination =
  /** To ingest, which reads it as what it came as. */
  | { readonly kind: 'ingest'; readonly source: Source; readonly record: NewRecord }
  /** To the topic it stood in, for the service that could not decode it. */
  | { readonly kind: 'topic'; readonly record: NewRecord }
  /** Nowhere: why, and what to do. */
  | { readonly kind: 'none'; readonly reason: string };

const decoded: ReadonlySet<string> = new Set([...sources.map(touchpointsTopic), ...keyspaces.map(signalsTopic)]);
const inbound: ReadonlySet<string> = new Set(sources.map(inboundTopic));

/**
 * The record that brings a dead letter back, with its bytes, key and headers, and headers that say which letter it is.
 * Origins are `topic/partition/offset` or `route#request id`.
 */
export function destinationOf(letter: DeadLetter): Destination {
  const [, topic, partition] = /^(.+)\/(\d+)\/\d+$/.exec(letter.origin) ?? [];
  const headers = { ...letter.headers, [replayHeaders.letter]: letter.deadLetterId };
  if (topic !== undefined && decoded.has(topic)) {
    // A history row that does not fit is no fault of the topic: what everybody else has read must not stand there twice.
    if (letter.source === 'history') return { kind: 'none', reason: ofHistory };
    const place = { topic, partition: Number(partition) };
    return { kind: 'topic', record: { ...place, key: letter.key, value: letter.payload, headers } };
  }
  if (topic !== undefined && inbound.has(topic) && isSource(letter.source)) {
    const record: NewRecord = { topic, key: letter.key, value: letter.payload, headers };
    return { kind: 'ingest', source: letter.source, record };
  }
  const route = /^(\/v1\/[^#]+)#/.exec(letter.origin)?.[1];
  if (route !== undefined && isSource(letter.source)) {
    const record: NewRecord = {
      topic: inboundTopic(letter.source),
      key: null,
      value: letter.payload,
      headers: { ...headers, 'content-type': letter.mediaType, [replayHeaders.route]: route },
    };
    return { kind: 'ingest', source: letter.source, record };
  }
  if (letter.source === 'history') return { kind: 'none', reason: ofHistory };
  return { kind: 'none', reason: `nobody takes records from ${letter.origin} again; show it, then discard it` };
}

const ofHistory =
  'every other reader has this record, only history could not store it: it stays in the log and among the dead letters';
