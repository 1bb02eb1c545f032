import { setTimeout as sleep } from 'node:timers/promises';
import { isResonantError, ResonantError } from '@resonant/contracts';
import type { FileEntry } from '@resonant/service';

const atOnce = 8;
const tries = 5;
const answerWithinMs = 15_000;

/** Where entries are PUT: `<url>/v1/<section>/<kind>/<id>`. */
export interface Target {
  /** Base URL of the gateway. */
  readonly url: string;
  readonly key: string;
  readonly section: 'directory' | 'vocabulary';
  readonly signal: AbortSignal;
}

/**
 * PUTs entries through the API, kind by kind in the order given. Rejects with what the gateway said, and how many were
 * stored by then; as every PUT gives the same result again, the whole call can be repeated.
 */
export async function upload(entries: readonly FileEntry[], target: Target): Promise<void> {
  let stored = 0;
  for (const kind of new Set(entries.map((entry) => entry.kind))) {
    const waiting = entries.filter((entry) => entry.kind === kind);
    const worker = async (): Promise<void> => {
      for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
        await put(entry, target);
        stored += 1;
      }
    };
    const stopOthers = (error: unknown): never => {
      waiting.length = 0;
      throw error;
    };
    const ended = await Promise.allSettled(Array.from({ length: atOnce }, () => worker().catch(stopOthers)));
    const failed = ended.find((result) => result.status === 'rejected');
    if (failed !== undefined)
      throw withCount(failed.reason, `${stored} of ${entries.length} entries are stored; load again.`);
  }
}

const withCount = (error: unknown, count: string): unknown =>
  isResonantError(error) ? new ResonantError(error.code, `${error.message}\n${count}`, { cause: error }) : error;

async function put({ kind, id, body }: FileEntry, { url, key, section, signal }: Target): Promise<void> {
  const address = `${url}/v1/${section}/${kind}/${encodeURIComponent(id)}`;
  for (let attempt = 1; ; attempt++) {
    const response = await answer(address, key, body, signal);
    if (response.ok) return;
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    const isBusy = response.status === 429 || response.status === 503;
    if (!isBusy || attempt === tries) throw refusal(`${kind}/${id}`, response.status, await response.text());
    await sleep(Number.isFinite(retryAfter) ? retryAfter * 1000 : 1000, undefined, { signal });
  }
}

async function answer(address: string, key: string, body: unknown, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
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

function refusal(entry: string, status: number, body: string): ResonantError {
  const code = status === 401 ? 'unauthenticated' : status === 403 ? 'forbidden' : 'invalid-request';
  return new ResonantError(code, `The gateway refused ${entry} with ${status}: ${detailOf(body)}`);
}

function detailOf(body: string): string {
  try {
    const { detail, title } = JSON.parse(body) as { detail?: string; title?: string };
    return detail ?? title ?? body;
  } catch {
    // No problem document: something that stands before the gateway answered.
    return body.slice(0, 500);
  }
}
