import { ResonantError } from '@resonant/contracts';

const answerWithinMs = 15_000;

/** The gateway, and who calls it. */
export interface Gateway {
  /** Base URL. */
  readonly url: string;
  readonly key: string;
  readonly signal: AbortSignal;
}

/** One call of its API. */
export interface Call {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** Begins with a slash. */
  readonly path: string;
  readonly body?: string;
  /** Default `application/json`. */
  readonly mediaType?: string;
}

/** The answer, whatever its status. Rejects with `not-ready` if none comes within 15 s. */
export async function callGateway({ url, key, signal }: Gateway, call: Call): Promise<Response> {
  const { method, path, body, mediaType = 'application/json' } = call;
  const address = `${url}${path}`;
  try {
    return await fetch(address, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': mediaType }) },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
  } catch (error) {
    signal.throwIfAborted();
    const { message, cause } = error as Error;
    throw new ResonantError(
      'not-ready',
      `The gateway does not answer at ${address}: ${(cause as Error | undefined)?.message ?? message}`,
      { cause: error },
    );
  }
}

/** What the gateway refused, and why: its own words, with every problem by path if it names any. */
export function refusalOf(what: string, status: number, body: string): ResonantError {
  const code =
    status === 401
      ? 'unauthenticated'
      : status === 403
        ? 'forbidden'
        : status === 404
          ? 'not-found'
          : 'invalid-request';
  const { detail, errors } = problemIn(body);
  const lines = errors.map(
    ({ path, expected, got }) => `\n  ${path || '(document)'}: expected ${expected}, got ${got}`,
  );
  return new ResonantError(code, `The gateway refused ${what} with ${status}: ${detail}${lines.join('')}`);
}

interface Problem {
  readonly detail: string;
  readonly errors: readonly { readonly path: string; readonly expected: string; readonly got: string }[];
}

function problemIn(body: string): Problem {
  try {
    const { detail, title, errors } = JSON.parse(body) as Partial<Problem> & { readonly title?: string };
    return { detail: detail ?? title ?? body, errors: errors ?? [] };
  } catch {
    // No problem document: something that stands before the gateway answered.
    return { detail: body.slice(0, 500), errors: [] };
  }
}
