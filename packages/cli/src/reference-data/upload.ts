import { setTimeout as sleep } from 'node:timers/promises';
import { isResonantError, ResonantError } from '@resonant/contracts';
import type { FileEntry } from '@resonant/service';
import { callGateway, type Gateway, refusalOf } from '../gateway-call.ts';

const atOnce = 8;
const tries = 5;

/** Where entries are PUT: `<url>/v1/<section>/<kind>/<id>`. */
export interface Target extends Gateway {
  readonly section: 'directory' | 'vocabulary';
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

async function put({ kind, id, body }: FileEntry, target: Target): Promise<void> {
  const path = `/v1/${target.section}/${kind}/${encodeURIComponent(id)}`;
  for (let attempt = 1; ; attempt++) {
    const response = await callGateway(target, { method: 'PUT', path, body: JSON.stringify(body) });
    if (response.ok) return;
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    const isBusy = response.status === 429 || response.status === 503;
    if (!isBusy || attempt === tries) throw refusalOf(`${kind}/${id}`, response.status, await response.text());
    await sleep(Number.isFinite(retryAfter) ? retryAfter * 1000 : 1000, undefined, { signal: target.signal });
  }
}
