/** What a CloudEvents header set is made from. */
export interface EventHeaders {
  readonly id: string;
  /** Record name in lower case with dashes; becomes `com.resonant.<type>.v1`. */
  readonly type: string;
  /** URI reference of the producer, e.g. `/services/ingest`. */
  readonly source: string;
  /** Epoch ms. */
  readonly time: number;
  /** W3C trace context, handed on as it came. */
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
  ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
});
