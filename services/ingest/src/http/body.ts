import { ResonantError } from '@resonant/contracts';
import type { FastifyInstance, FastifyRequest } from '@resonant/service';

/** Bytes: a whole request, and one event of it. A mail or a vendor's payload may fill the request. */
export const limits = { body: 1 << 20, item: 256 * 1024, items: 500 };

/** Bodies stay bytes: signatures are made over them, and they are kept with the records. */
export function keepBodiesRaw(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** The body as it came; empty if there was none. */
export const bodyOf = (request: FastifyRequest): Buffer =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);

/** The media type without parameters. Throws `unsupported-media-type` unless it is one of `accepted`. */
export function mediaTypeOf(request: FastifyRequest, accepted: readonly string[]): string {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (accepted.includes(type) && encoding === 'identity') return type;
  const came = encoding === 'identity' ? type || 'none' : `${type} encoded as ${encoding}`;
  throw new ResonantError('unsupported-media-type', `expected ${accepted.join(' or ')}, got ${came}`);
}

/** Throws `too-large` for an event over its limit. */
export function checkItemSize(bytes: Buffer): void {
  if (bytes.length > limits.item) {
    throw new ResonantError('too-large', `the event has ${bytes.length} bytes, at most ${limits.item} are taken`);
  }
}
