import { isResonantError, ResonantError } from '@resonant/contracts';
import type { FileEntry } from '@resonant/service';
import { callPatiently, type Gateway, refusalOf } from '../gateway-call.ts';

const atOnce = 8;

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
  const { response } = await callPatiently(target, { method: 'PUT', path, body: JSON.stringify(body) });
  if (!response.ok) throw refusalOf(`${kind}/${id}`, response.status, await response.text());
}
