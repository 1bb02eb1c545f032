import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, ResonantError } from '@resonant/contracts';

const answerWithinMs = 15_000;
/** How long a gateway that says that it cannot do it now is asked again. */
const patienceMs = 30_000;
const defaultPauseMs = 1000;
/** Also for a gateway that asks for none. */
const leastPauseMs = 20;
/** What can be otherwise in a moment: too many requests, or something behind the gateway is away. */
const passing = [429, 502, 503, 504];

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

/** An answer, and how many calls it took. */
export interface PatientAnswer {
  readonly response: Response;
  readonly calls: number;
}

/**
 * The same for a call that may be repeated: while the gateway says that it cannot do it now (429, 502, 503, 504) it is
 * asked again after the pause that it names (`Retry-After`, default 1 s), for 30 s in all. Then that answer is the answer.
 */
export async function callPatiently(gateway: Gateway, call: Call): Promise<PatientAnswer> {
  const until = performance.now() + patienceMs;
  for (let calls = 1; ; calls++) {
    const response = await callGateway(gateway, call);
    const pauseMs = pauseOf(response);
    if (!passing.includes(response.status) || performance.now() + pauseMs > until) return { response, calls };
    await response.body?.cancel();
    await sleep(pauseMs, undefined, { signal: gateway.signal });
  }
}

function pauseOf({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.max(leastPauseMs, seconds * 1000) : defaultPauseMs;
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    case 429:
      return 'rate-limited';
    default:
      if (passing.includes(status)) return 'not-ready';
      return status >= 500 ? 'internal' : 'invalid-request';
  }
}

/**
 * What the gateway did not do, and why: its own words, with every problem by path if it names any. From 500 on, and where
 * there were too many requests, nothing is wrong with what was asked: it says to try again.
 */
export function refusalOf(what: string, status: number, body: string): ResonantError {
  const code = codeOf(status);
  const { detail, errors } = problemIn(body);
  const lines = errors.map(
    ({ path, expected, got }) => `\n  ${path || '(document)'}: expected ${expected}, got ${got}`,
  );
  const isItsOwn = status >= 500 || status === 429;
  const verdict = isItsOwn ? `failed at ${what}` : `refused ${what}`;
  const advice = isItsOwn ? '\nIt may have been done all the same; the call can be repeated.' : '';
  return new ResonantError(code, `The gateway ${verdict} with ${status}: ${detail}${lines.join('')}${advice}`);
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
