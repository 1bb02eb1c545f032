import { createHash } from 'node:crypto';

/** What a CloudEvents header set is made from. */
export interface EventHeaders {
  readonly id: string;
  /** Record name in lower case with dashes; becomes `com.resonant.<type>.v1`. */
  readonly type: string;
  /** URI reference of the producer, e.g. `/services/ingest`. */
  readonly source: string;
  /** Epoch ms. */
  readonly time: number;
  /** W3C trace context, handed on as it came; without one the event begins a trace: see `traceparentOf`. */
  readonly traceparent?: string | undefined;
}

/** CloudEvents 1.0 headers in Kafka's binary content mode, and W3C trace headers: on every record but ticks. */
export const eventHeaders = (event: EventHeaders): Record<string, string> => ({
  ce_specversion: '1.0',
  ce_id: event.id,
  ce_type: `com.resonant.${event.type}.v1`,
  ce_source: event.source,
  ce_time: new Date(event.time).toISOString(),
  'content-type': 'application/avro',
  traceparent: event.traceparent ?? traceparentOf(hashOf(event.type, event.id), event.id),
});

/**
 * The W3C traceparent (not sampled) of an event that the log brought about and no request: the same event has the same
 * one in every replay.
 *
 * @param traceId 32 hex digits that the events of one trace share, such as an alert's id
 * @param id the event's own
 */
export const traceparentOf = (traceId: string, id: string): string =>
  `00-${traceId}-${hashOf(traceId, id).slice(0, 16)}-00`;

const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);

/** Kafka headers of a dead letter that is tried again. */
export const replayHeaders = {
  /** Id of the dead letter. */
  letter: 'resonant-dead-letter',
  /** Path and query of the route that it came through, if it did not come from Kafka. */
  route: 'resonant-route',
} as const;
