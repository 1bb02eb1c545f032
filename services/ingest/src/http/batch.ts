import { isResonantError, ResonantError, type Source, type Touchpoint } from '@resonant/contracts';
import type { Intake } from '../intake.ts';
import { arrayItems, lineItems } from '../json-items.ts';
import type { Arrival } from '../sources/source.ts';
import { touchpointOf } from '../sources/touchpoint.ts';
import { type BatchResult, rejection, resultOf } from './answers.ts';
import { checkItemSize, limits } from './body.ts';

export const batchTypes = ['application/json', 'application/x-ndjson', 'application/ndjson', 'application/jsonl'];

/** The bytes of each item. Throws `malformed-body`, or `too-large` for more than 500. */
export function itemsOf(body: Buffer, mediaType: string): readonly Buffer[] {
  const items = mediaType === 'application/json' ? arrayItems(body) : lineItems(body);
  if (items.length > limits.items) {
    throw new ResonantError('too-large', `the batch has ${items.length} items, at most ${limits.items} are taken`);
  }
  return items;
}

/**
 * Takes every item that can be taken: one bad item does not hold up the others. Results are in the order of the items.
 * Rejects with `log-unavailable` if nothing could be stored.
 */
export async function acceptBatch(
  intake: Intake,
  source: Source,
  items: readonly Buffer[],
  arrival: Omit<Arrival, 'payload' | 'payloadType'>,
  traceparent: string,
): Promise<readonly BatchResult[]> {
  const read = await Promise.all(items.map((item, index) => readItem(source, item, index, arrival)));
  const touchpoints = read.filter((entry) => 'touchpoint' in entry).map((entry) => entry.touchpoint);
  const outcomes = touchpoints.length === 0 ? [] : await intake.accept(source, touchpoints, traceparent);
  const byTouchpoint = new Map(touchpoints.map((touchpoint, index) => [touchpoint, outcomes[index]] as const));
  return read.map((entry, index): BatchResult => {
    if ('rejected' in entry) return entry.rejected;
    const outcome = byTouchpoint.get(entry.touchpoint);
    if (outcome === undefined) throw new Error(`the intake did not answer for item ${index}`);
    return resultOf(index, entry.touchpoint, outcome);
  });
}

async function readItem(
  source: Source,
  payload: Buffer,
  index: number,
  arrival: Omit<Arrival, 'payload' | 'payloadType'>,
): Promise<{ readonly touchpoint: Touchpoint } | { readonly rejected: BatchResult }> {
  try {
    checkItemSize(payload);
    return { touchpoint: await touchpointOf(source, { ...arrival, payload, payloadType: 'application/json' }) };
  } catch (error) {
    if (!isResonantError(error)) throw error;
    return { rejected: rejection(index, idIn(payload), error) };
  }
}

/** The id of an item that was refused for another reason, so that its sender finds it. */
function idIn(payload: Buffer): string | null {
  try {
    const { id } = JSON.parse(payload.toString('utf8')) as { id?: unknown };
    return typeof id === 'string' ? id.slice(0, 256) : null;
  } catch {
    // Its problem says already that it is no JSON.
    return null;
  }
}
