import { eventIdOf, ResonantError, type Source, type TouchpointOf } from '@resonant/contracts';
import type { z } from 'zod';
import type { envelopeShape } from './fields.ts';

/** How far ahead of our clock a sender's may be. */
export const maxAheadMs = 5 * 60_000;

/** How an event came in. */
export interface Arrival {
  /** Epoch ms, by our clock. */
  readonly receivedAt: number;
  readonly via: 'http' | 'webhook' | 'kafka';
  readonly keyId: string | null;
  /** The bytes as received, kept with the record. */
  readonly payload: Buffer;
  readonly payloadType: string;
}

/** One class of upstream data: the shape of its events and what becomes of them. */
export interface SourceDefinition<S extends Source = Source> {
  readonly source: S;
  /** The JSON event, as OpenAPI shows it. */
  readonly event: z.ZodType;
  /** A valid event, for the documentation. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Throws `invalid-event` with every issue, or `occurred-in-future`. */
  touchpoint(event: unknown, arrival: Arrival): TouchpointOf<S>;
}

type EnvelopeEvent = z.output<z.ZodObject<typeof envelopeShape>>;

/** The fields that all touchpoints share. */
export const envelopeOf = (source: Source, channel: string, event: EnvelopeEvent, arrival: Arrival) => ({
  eventId: eventIdOf(source, event.id),
  source,
  id: event.id,
  occurredAt: notAhead(event.occurredAt, arrival.receivedAt, 'occurredAt'),
  receivedAt: arrival.receivedAt,
  channel,
  language: event.language ?? null,
  threadId: event.threadId ?? null,
  leadId: event.leadId ?? null,
  opportunityId: event.opportunityId ?? null,
  via: arrival.via,
  keyId: arrival.keyId,
  payloadType: arrival.payloadType,
  payload: arrival.payload,
});

/** The instant itself; throws `occurred-in-future` if it is more than 5 minutes ahead of our clock. */
export function notAhead(instant: number, now: number, field: string): number {
  if (instant <= now + maxAheadMs) return instant;
  throw new ResonantError(
    'occurred-in-future',
    `${field} is ${new Date(instant).toISOString()}, it is now ${new Date(now).toISOString()}; at most 5 minutes ahead are taken`,
  );
}
