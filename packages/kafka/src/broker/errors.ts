import { isResonantError, ResonantError } from '@resonant/contracts';

/** The types of protocol errors by which the broker says that another holder has taken over. */
const fencedTypes = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);

/** Type of a protocol error (`INVALID_PRODUCER_EPOCH`), also of one that the client wrapped; undefined for others. */
export function protocolType(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { type } = at as Error & { type?: unknown };
    if (typeof type === 'string') return type;
  }
  return undefined;
}

export const isFenced = (error: unknown): boolean => fencedTypes.has(protocolType(error) ?? '');

/** Any failure of the client as one of ours: `fenced` if it is that, else `log-unavailable`. */
export function logError(error: unknown, what: string): ResonantError {
  if (isResonantError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return isFenced(error)
    ? new ResonantError('fenced', `${what}: another producer has taken over (${reason})`, { cause: error })
    : new ResonantError('log-unavailable', `${what}: ${reason}`, { cause: error });
}

/** Rejects with `log-unavailable` when `promise` takes longer than `ms`. */
export function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new ResonantError('log-unavailable', `${what}: no answer within ${ms} ms`));
  }, ms);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
