/** What an error means to whoever caused it: HTTP status, whether trying again can help, and what to do. */
export interface ErrorKind {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

/** Every error that can leave a service, by its stable code; `type` in problem+json is `urn:resonant:error:<code>`. */
export const errorRegistry = {
  'malformed-body': { status: 400, title: 'The body could not be read', retryable: false },
  'invalid-request': { status: 400, title: 'The request is not as described', retryable: false },
  unauthenticated: { status: 401, title: 'No valid credentials', retryable: false },
  'expired-key': { status: 401, title: 'The API key has expired or was revoked', retryable: false },
  'invalid-signature': { status: 401, title: 'The signature does not fit the body', retryable: false },
  forbidden: { status: 403, title: 'The credentials do not allow this', retryable: false },
  'not-found': { status: 404, title: 'There is no such thing', retryable: false },
  'unknown-source': { status: 404, title: 'There is no such source', retryable: false },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here', retryable: false },
  conflict: { status: 409, title: 'Another request with this id is under way', retryable: true },
  'too-large': { status: 413, title: 'The body is larger than allowed', retryable: false },
  'headers-too-large': { status: 431, title: 'The headers are larger than allowed', retryable: false },
  'unsupported-media-type': { status: 415, title: 'The content type is not accepted here', retryable: false },
  'invalid-event': { status: 422, title: 'The event does not fit its description', retryable: false },
  'id-reused': { status: 422, title: 'The id stands for an event with other content', retryable: false },
  'occurred-in-future': { status: 422, title: 'occurredAt is too far ahead', retryable: false },
  'invalid-rule': { status: 422, title: 'The rule is refused', retryable: false },
  'rate-limited': { status: 429, title: 'Too many requests', retryable: true },
  internal: { status: 500, title: 'Something failed here', retryable: true },
  'log-unavailable': { status: 503, title: 'Kafka cannot be reached; nothing was accepted', retryable: true },
  'not-ready': { status: 503, title: 'The service is not ready', retryable: true },
  'undecodable-record': { status: 500, title: 'A record could not be decoded', retryable: false },
  'unknown-record-type': { status: 500, title: 'This release does not know the record type', retryable: false },
  'unstorable-record': { status: 500, title: 'A record cannot be a row of history', retryable: false },
  'unprocessable-touchpoint': { status: 500, title: 'A touchpoint could not be turned into signals', retryable: false },
  fenced: { status: 500, title: 'Another process has taken over this partition', retryable: true },
  'offset-out-of-range': { status: 500, title: 'The log does not hold that offset', retryable: false },
  'invalid-configuration': { status: 500, title: 'The configuration is not valid', retryable: false },
  'history-unavailable': { status: 503, title: 'ClickHouse does not answer or cannot do it now', retryable: true },
  'history-refused-data': { status: 422, title: 'ClickHouse refused the data', retryable: false },
  'history-schema': {
    status: 500,
    title: 'The tables in ClickHouse are not as this release expects',
    retryable: false,
  },
  'query-refused': { status: 400, title: 'ClickHouse refused the query', retryable: false },
  'query-limit': { status: 422, title: 'The query went past a limit', retryable: false },
  'incompatible-schema': { status: 409, title: 'The schema would break readers of stored records', retryable: false },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorRegistry;

/**
 * An error with a code of the registry. `detail` says what was expected, what came and what to do; `extra` are further
 * members of the problem document (e.g. `errors`, `retryAfterMs`).
 */
export class ResonantError extends Error {
  override readonly name = 'ResonantError';
  readonly code: ErrorCode;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, detail: string, options: { extra?: Record<string, unknown>; cause?: unknown } = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.extra = options.extra ?? {};
  }

  get kind(): ErrorKind {
    return errorRegistry[this.code];
  }
}

/** True if `error` is a ResonantError, of that code if one is given. */
export const isResonantError = (error: unknown, code?: ErrorCode): error is ResonantError =>
  error instanceof ResonantError && (code === undefined || error.code === code);

/** The problem document (RFC 9457) of an error. */
export const problemOf = (error: ResonantError, instance?: string): Record<string, unknown> => ({
  type: `urn:resonant:error:${error.code}`,
  title: error.kind.title,
  status: error.kind.status,
  detail: error.message,
  ...(instance === undefined ? {} : { instance }),
  retryable: error.kind.retryable,
  ...error.extra,
});
