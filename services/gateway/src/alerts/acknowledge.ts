import { type Alert, ResonantError } from '@resonant/contracts';
import type { Principal } from '@resonant/service';
import { maySee, type Placement } from '../access/placement.ts';
import type { Acknowledged, Acknowledger } from './acknowledger.ts';
import type { AlertIndex } from './alert-index.ts';

/** What is needed to acknowledge an alert by its id. */
export interface AcknowledgeContext {
  readonly index: AlertIndex;
  readonly acknowledger: Acknowledger;
  readonly placementOf: (alert: Alert) => Placement;
}

/**
 * Acknowledges an alert, or one action of it, that the principal may see. Rejects with `not-found` for one that is not
 * known here or not theirs to see, and as `Acknowledger.acknowledge` does.
 */
export async function acknowledgeById(
  context: AcknowledgeContext,
  principal: Principal,
  request: {
    readonly alertId: string;
    readonly actionId: string | null;
    readonly note: string | null;
    readonly requestId: string | null;
    readonly traceparent?: string;
  },
): Promise<Acknowledged> {
  const { alertId, actionId } = request;
  const alert = context.index.get(alertId)?.latest;
  if (alert === undefined || !maySee(principal, context.placementOf(alert))) {
    throw new ResonantError(
      'not-found',
      `there is no alert ${alertId} among those that this key sees and are kept here`,
    );
  }
  if (actionId !== null && !context.index.actionsOf(alertId).some((action) => action.actionId === actionId)) {
    throw new ResonantError('not-found', `the alert ${alertId} has no action ${actionId}`);
  }
  const { alertId: _, ...rest } = request;
  return context.acknowledger.acknowledge({ ...rest, alert, keyId: principal.keyId });
}

/** The answer to an acknowledgement that stands in its partition. */
export const acknowledgedJson = (
  { alertId, actionId }: { readonly alertId: string; readonly actionId: string | null },
  { signal, topic, partition, offset }: Acknowledged,
) => ({
  alertId,
  actionId,
  signalId: signal.id,
  occurredAt: new Date(signal.occurredAt).toISOString(),
  topic,
  partition,
  offset,
});
