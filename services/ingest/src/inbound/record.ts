import type { IncomingHttpHeaders } from 'node:http';
import {
  inboundTopic,
  isResonantError,
  ResonantError,
  replayHeaders,
  type Source,
  sources,
  type Touchpoint,
} from '@resonant/contracts';
import type { LogRecord } from '@resonant/kafka';
import { parse } from '@resonant/service';
import { limits } from '../http/body.ts';
import { mailQuery } from '../sources/emails/event.ts';
import type { Arrival } from '../sources/source.ts';
import { mailType, touchpointOf } from '../sources/touchpoint.ts';
import type { Vendor } from '../webhooks/vendor.ts';

/** What a record of an inbound topic turned out to be. */
export type Inbound =
  | { readonly kind: 'touchpoint'; readonly touchpoint: Touchpoint }
  /** A vendor's payload that was understood, and nothing that anybody said. */
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly error: ResonantError };

/** What is read of a record. */
export type InboundRecord = Pick<LogRecord, 'value' | 'headers'>;

/** Readers of vendors' payloads by the name in the route. */
export type Vendors = ReadonlyMap<string, Pick<Vendor, 'read'>>;

/** `topic/partition/offset`. */
export const originOf = ({ topic, partition, offset }: LogRecord): string => `${topic}/${partition}/${offset}`;

/** The source that an inbound topic belongs to. */
export function sourceOfInbound(topic: string): Source {
  const source = sources.find((name) => inboundTopic(name) === topic);
  if (source === undefined) throw new ResonantError('internal', `${topic} is no inbound topic`);
  return source;
}

/**
 * Reads a record: the JSON of the HTTP route, or for emails a mail under the header `content-type: message/rfc822`. A
 * dead letter that is tried again names the route that it came through and is read as it would be there; its signature
 * was verified then.
 */
export async function readInbound(
  source: Source,
  record: InboundRecord,
  receivedAt: number,
  vendors: Vendors,
): Promise<Inbound> {
  try {
    return await contentOf(source, record, receivedAt, vendors);
  } catch (error) {
    if (!isResonantError(error)) throw error;
    return { kind: 'unreadable', error };
  }
}

async function contentOf(
  source: Source,
  record: InboundRecord,
  receivedAt: number,
  vendors: Vendors,
): Promise<Inbound> {
  const payload = record.value ?? Buffer.alloc(0);
  const payloadType = typeOf(record);
  const route = routeOf(record);
  const vendorName = route?.pathname.match(/^\/v1\/webhooks\/([^/]+)\/[^/]+$/)?.[1];
  const limit = payloadType === mailType || vendorName !== undefined ? limits.body : limits.item;
  if (payload.length > limit) {
    throw new ResonantError('too-large', `the record has ${payload.length} bytes, at most ${limit} are taken`);
  }
  const via = route === undefined ? 'kafka' : vendorName === undefined ? 'http' : 'webhook';
  const arrival: Arrival = { receivedAt, via, keyId: null, payload, payloadType };
  if (vendorName !== undefined) {
    const vendor = vendors.get(vendorName);
    if (vendor === undefined) throw new ResonantError('not-found', `there are no webhooks of ${vendorName}`);
    return vendor.read(textHeaders(record), arrival);
  }
  const context = parse(mailQuery, Object.fromEntries(route?.searchParams ?? []));
  return { kind: 'touchpoint', touchpoint: await touchpointOf(source, arrival, context) };
}

function routeOf({ headers }: InboundRecord): URL | undefined {
  const text = headers[replayHeaders.route]?.toString('utf8');
  return text === undefined ? undefined : (URL.parse(text, 'http://ingest') ?? undefined);
}

const textHeaders = ({ headers }: InboundRecord): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.toString('utf8')]));

/** Media type that the record names, else JSON. */
export const typeOf = ({ headers }: InboundRecord): string =>
  headers['content-type']?.toString('latin1').split(';')[0]?.trim().toLowerCase() || 'application/json';
