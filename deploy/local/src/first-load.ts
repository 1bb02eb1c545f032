import { ResonantError } from '@resonant/contracts';
import { shippedRules } from '@resonant/rules';
import { loadedRules, noteLoadedRules } from './home.ts';
import { until } from './probe.ts';

/** The gateway and the key that may write to it. */
export interface Api {
  readonly url: string;
  readonly key: string;
}

/** Resolves once the gateway knows the key: it follows the topic of keys. */
export const keyIsKnown = (api: Api): Promise<void> =>
  until(
    'the gateway',
    async () => {
      const response = await call(api, 'GET', '/v1/rules');
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    },
    { withinMs: 30_000 },
  );

/**
 * Puts the shipped rules through the API, each version once: a rule that an operator has changed to a later version or
 * deleted stays so. Gives the ids of those put.
 */
export async function loadShippedRules(api: Api, folder: string): Promise<readonly string[]> {
  const loaded: Record<string, number> = { ...loadedRules(folder) };
  const put: string[] = [];
  for (const { id, document } of shippedRules()) {
    const { version } = document as { readonly version: number };
    if ((loaded[id] ?? 0) >= version) continue;
    const current = await call(api, 'GET', `/v1/rules/${id}`);
    const inForce = current.ok ? ((await current.json()) as { version: number }).version : 0;
    if (inForce < version) {
      const answer = await call(api, 'PUT', `/v1/rules/${id}`, document);
      if (!answer.ok) throw new ResonantError('invalid-rule', `rule ${id} was refused: ${await answer.text()}`);
      put.push(id);
    }
    loaded[id] = version;
    noteLoadedRules(folder, loaded);
  }
  return put;
}

const call = (api: Api, method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(api.url + path, {
    method,
    headers: { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
