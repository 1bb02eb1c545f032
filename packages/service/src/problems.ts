import { STATUS_CODES } from 'node:http';
import { type ErrorCode, problemOf, ResonantError } from '@resonant/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

/** Fastify's own errors, in the terms of the error registry. */
const fastifyErrors: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-body',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-body',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed-body',
  FST_ERR_VALIDATION: 'invalid-request',
  FST_ERR_BAD_URL: 'invalid-request',
};

/** Seconds until a retry makes sense, where the error itself does not say. */
const retryAfterSeconds: Readonly<Partial<Record<ErrorCode, number>>> = {
  conflict: 1,
  'rate-limited': 1,
  'log-unavailable': 5,
  'history-unavailable': 5,
  'not-ready': 5,
};

/** Errors of Node's HTTP parser, met before there is a request. */
const parserErrors: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'expected at most 16 KiB of headers'],
  ERR_HTTP_REQUEST_TIMEOUT: ['invalid-request', 'the request did not arrive in time'],
};

/** What fastify quotes may be as long as a client likes. */
const maxQuoted = 300;

/** Any error as one of the registry. What is not known becomes `internal`, without its message. */
export function resonantErrorOf(error: unknown): ResonantError {
  if (error instanceof ResonantError) return error;
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  const known = code === undefined ? undefined : fastifyErrors[code];
  const told = message?.slice(0, maxQuoted);
  if (known !== undefined) return new ResonantError(known, told ?? known, { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ResonantError('invalid-request', told ?? 'the request cannot be served', { cause: error });
  }
  return new ResonantError('internal', 'an unexpected error; the log has it under this request id', { cause: error });
}

/** Answers with `application/problem+json` (RFC 9457); adds `Retry-After` and `WWW-Authenticate` where they belong. */
export function replyProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const known = withLimit(resonantErrorOf(error), request);
  if (known.kind.status >= 500)
    request.log.error({ err: known.cause ?? known, route: request.routeOptions.url }, known.message);
  const seconds = retryAfterOf(known);
  if (seconds !== undefined) reply.header('retry-after', String(seconds));
  if (known.kind.status === 401) reply.header('www-authenticate', 'Bearer realm="resonant"');
  const document = { ...problemOf(known, request.url.split('?')[0]), requestId: request.id };
  // As bytes, since fastify puts a charset behind the type of a string, and this type has none.
  return reply
    .code(known.kind.status)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(document)));
}

/** Fastify does not say how large a body may be. */
function withLimit(error: ResonantError, request: FastifyRequest): ResonantError {
  const { code } = (error.cause ?? {}) as { code?: string };
  if (code !== 'FST_ERR_CTP_BODY_TOO_LARGE') return error;
  return new ResonantError('too-large', `the body is larger than ${request.routeOptions.bodyLimit} bytes`, {
    cause: error.cause,
  });
}

/** The whole answer, head included, to what Node could not read as a request. */
export function rawProblem(error: { readonly code?: string | undefined }): string {
  const [code, detail] = parserErrors[error.code ?? ''] ?? ['invalid-request', 'expected an HTTP/1.1 request'];
  const problem = new ResonantError(code, detail);
  const body = JSON.stringify(problemOf(problem));
  const { status } = problem.kind;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** Whole seconds for `Retry-After`, from `extra.retryAfterMs` or the code's own default. */
export function retryAfterOf(error: ResonantError): number | undefined {
  const { retryAfterMs } = error.extra;
  return typeof retryAfterMs === 'number' ? Math.max(1, Math.ceil(retryAfterMs / 1000)) : retryAfterSeconds[error.code];
}

/** What zod found, as members of a problem document: path in JSON Pointer form and message. */
export const issuesOf = (error: z.ZodError): readonly { readonly path: string; readonly message: string }[] =>
  error.issues.map((issue) => ({
    path: issue.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    message: issue.message,
  }));

/** Issues that a problem document lists, at most: a large body can have one on every line. */
const maxIssues = 20;

/** Parses `value`; throws `code` (default `invalid-request`) with the first issues in detail and in `errors`. */
export function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: ErrorCode = 'invalid-request',
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  const errors = issues.slice(0, maxIssues);
  const more = issues.length > maxIssues ? [`and ${issues.length - maxIssues} more`] : [];
  const told = errors.map(({ path, message }) => `${path === '' ? 'the value' : path}: ${message}`);
  throw new ResonantError(code, [...told, ...more].join('; '), { extra: { errors } });
}
