import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from './delivery.ts';

/** Sends one delivery and resolves once it is accepted, or was before. */
export type Send = (delivery: Delivery) => Promise<void>;

/** Answers that mean: not now, the same request again. */
const again = new Set([408, 409, 425, 429, 500, 502, 503, 504]);
const pauseMs = 200;

/**
 * Sends to ingest as an upstream system does: what was not acknowledged is sent again, which is safe because an event
 * id counts once. Gives up after `patienceMs`, and at once when the answer says that trying again is no use.
 */
export function senderTo(url: string, key: string, signal: AbortSignal, patienceMs = 120_000): Send {
  return async (delivery) => {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const outcome = await attempt(url, key, delivery, signal);
      if (outcome === undefined) return;
      if (!outcome.again || performance.now() > deadline) {
        throw new Error(
          `${delivery.path} was not accepted: ${outcome.reason}\n${delivery.body.toString('utf8', 0, 300)}`,
        );
      }
      await sleep(outcome.afterMs, undefined, { signal });
    }
  };
}

interface Refusal {
  readonly again: boolean;
  readonly reason: string;
  readonly afterMs: number;
}

async function attempt(
  url: string,
  key: string,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  let response: Response;
  try {
    response = await fetch(url + delivery.path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, ...delivery.headers },
      body: new Uint8Array(delivery.body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    });
  } catch (error) {
    signal.throwIfAborted();
    return { again: true, reason: (error as Error).message, afterMs: pauseMs };
  }
  const text = await response.text();
  if (response.ok) return undefined;
  return { again: again.has(response.status), reason: `${response.status} ${text}`, afterMs: pauseMs };
}
