import type { IncomingHttpHeaders } from 'node:http';
import type { ResonantError, Source } from '@resonant/contracts';
import type { DeadLetterWriter } from '@resonant/kafka';
import type { Arrival } from './sources/source.ts';

/** Headers that let somebody in, or prove who sent the bytes, are not kept. */
const credentials = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-hub-signature',
  'x-hub-signature-256',
]);

/** A request that was let in and could not be understood. */
export interface Unreadable {
  readonly source: Source;
  readonly arrival: Arrival;
  /** Route and request id. */
  readonly origin: string;
  readonly headers: IncomingHttpHeaders;
  readonly error: ResonantError;
}

/** Keeps bodies that could not be understood, with their bytes and the reason. */
export class DeadLetters {
  readonly #writer: DeadLetterWriter;

  constructor(writer: DeadLetterWriter) {
    this.#writer = writer;
  }

  /** Resolves once it is durable; rejects with `log-unavailable`. */
  keep({ source, arrival, origin, headers, error }: Unreadable): Promise<void> {
    return this.#writer.write({
      source,
      origin,
      reason: error.code,
      detail: error.message,
      at: arrival.receivedAt,
      mediaType: arrival.payloadType,
      key: null,
      headers: keptHeaders(headers),
      payload: arrival.payload,
    });
  }
}

const keptHeaders = (headers: IncomingHttpHeaders): Record<string, Buffer> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !credentials.has(name))
      .map(([name, value]) => [name, Buffer.from([value ?? ''].flat().join(', '))]),
  );
