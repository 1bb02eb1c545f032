import type { IncomingHttpHeaders } from 'node:http';
import type { Source, Touchpoint } from '@resonant/contracts';
import type { Arrival } from '../sources/source.ts';

/** What a vendor's verified payload turned out to be. */
export type WebhookContent =
  | { readonly kind: 'touchpoint'; readonly source: Source; readonly touchpoint: Touchpoint }
  /** Understood, and nothing that anybody said: answered, not stored. */
  | { readonly kind: 'ignored'; readonly reason: string };

/** A system that posts its own payloads, signed in its own way. */
export interface Vendor {
  /** Source that its payloads belong to; names dead letters. */
  readonly source: Source;
  /** Throws `not-found` for an unknown endpoint, `invalid-signature` unless the raw bytes are signed with its secret. */
  verify(endpointId: string, headers: IncomingHttpHeaders, body: Buffer): void;
  /** Throws `malformed-body`, `invalid-event` or `occurred-in-future` for a payload that cannot be understood. */
  read(headers: IncomingHttpHeaders, arrival: Arrival): WebhookContent;
}
