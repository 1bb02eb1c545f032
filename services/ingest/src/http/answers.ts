import { problemOf, ResonantError, type Touchpoint } from '@resonant/contracts';
import { idReused } from '../content-hash.ts';
import type { Outcome } from '../intake.ts';

/** What the sender of a single event reads. */
export interface Receipt {
  readonly id: string;
  readonly eventId: string;
  readonly status: 'accepted' | 'duplicate';
  /** What was broken in a mail and read all the same. */
  readonly defects?: readonly string[];
}

/** One entry of a batch's answer. */
export interface BatchResult {
  readonly index: number;
  /** null where the id could not be read. */
  readonly id: string | null;
  readonly status: 'accepted' | 'duplicate' | 'rejected';
  readonly problem?: Readonly<Record<string, unknown>>;
  readonly retryable?: boolean;
}

/**
 * Status and body for a single event. Throws `conflict` while another request writes the same id, `id-reused` if the id
 * stands for another event.
 */
export function receiptOf(
  touchpoint: Touchpoint,
  outcome: Outcome,
): { readonly code: 200 | 201; readonly body: Receipt } {
  const { id, eventId } = touchpoint;
  if (outcome.status === 'busy' || outcome.status === 'id-reused') throw refusalOf(id, outcome);
  const defects = 'defects' in touchpoint && touchpoint.defects.length > 0 ? { defects: touchpoint.defects } : {};
  return { code: outcome.status === 'accepted' ? 201 : 200, body: { id, eventId, status: outcome.status, ...defects } };
}

/** The entry of an event that was offered to the intake. */
export function resultOf(index: number, touchpoint: Touchpoint, outcome: Outcome): BatchResult {
  const { id } = touchpoint;
  if (outcome.status === 'busy' || outcome.status === 'id-reused') return rejection(index, id, refusalOf(id, outcome));
  return { index, id, status: outcome.status };
}

/** The entry of an event that was not taken. */
export const rejection = (index: number, id: string | null, error: ResonantError): BatchResult => ({
  index,
  id,
  status: 'rejected',
  problem: problemOf(error),
  retryable: error.kind.retryable,
});

/** Why an event was not taken although it could be read. */
function refusalOf(id: string, outcome: Extract<Outcome, { status: 'busy' | 'id-reused' }>): ResonantError {
  if (outcome.status === 'id-reused') return idReused(id);
  const { retryAfterMs } = outcome;
  return new ResonantError('conflict', `another request with the id ${id} is being written`, {
    extra: { retryAfterMs },
  });
}
