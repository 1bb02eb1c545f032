/** Every default of a probe, in ms. */
const defaults = { everyMs: 2_000, limitMs: 5_000 };

/** Whether a dependency answers, as of the last time it was asked. */
export interface Probe {
  /** Why it cannot be used, or undefined. */
  reason(): string | undefined;
  stop(): void;
}

/**
 * Asks a dependency again and again, so that /readyz knows without asking. It counts as away after a rejection, or when
 * an answer takes longer than `limitMs`, until the next answer. Never asks twice at once.
 */
export function probe(
  name: string,
  ask: () => Promise<unknown>,
  { everyMs = defaults.everyMs, limitMs = defaults.limitMs }: { everyMs?: number; limitMs?: number } = {},
): Probe {
  let reason: string | undefined;
  let askedAt: number | undefined;
  const look = async (): Promise<void> => {
    if (askedAt !== undefined) {
      if (Date.now() - askedAt > limitMs) reason = `${name} has not answered for ${limitMs} ms`;
      return;
    }
    askedAt = Date.now();
    reason = await ask().then(
      () => undefined,
      (error: unknown) => `${name} does not answer: ${(error as Error).message}`,
    );
    askedAt = undefined;
  };
  const timer = setInterval(() => void look(), everyMs);
  return { reason: () => reason, stop: () => clearInterval(timer) };
}
