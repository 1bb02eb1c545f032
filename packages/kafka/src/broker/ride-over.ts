import { protocolType } from './errors.ts';

const backOffMs = { first: 50, most: 1000 };

/**
 * Whether the cluster may do in a moment what it does not do now: it restarts, or leaders and coordinators are just
 * moving.
 */
export function isPassing(error: unknown): boolean {
  // the client waits a little for a topic that was just made; one that is not there does not come by waiting longer
  if (protocolType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
  for (let at = error; at instanceof Error; at = at.cause) {
    if ((at as Error & { retriable?: unknown }).retriable === true) return true;
  }
  return false;
}

/** The same, where nobody has answered yet: an address at which nobody listens may be a wrong one. */
export const isMoving = (error: unknown): boolean => protocolType(error) !== undefined && isPassing(error);

/** Tries again with back-off what failed for a passing reason; after `limitMs` its last failure counts. */
export async function rideOver<T>(
  limitMs: number,
  attempt: () => Promise<T>,
  isWorthIt: (error: unknown) => boolean = isPassing,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (let waitMs = backOffMs.first; ; waitMs = Math.min(waitMs * 2, backOffMs.most)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isWorthIt(error) || Date.now() + waitMs > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
