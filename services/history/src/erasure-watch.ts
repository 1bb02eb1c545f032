import { alertsTopic } from '@resonant/contracts';
import type { Component, Logger } from '@resonant/service';
import type { Erasures } from './erasures.ts';
import type { HistoryWriter } from './writer.ts';

const lookEveryMs = 60_000;

/**
 * Looks every minute whether erased persons may have come back, in the process that has partition 0 of the alerts' topic
 * and in any whose writers had to begin again from the ledger. What fails is tried again a minute later.
 */
export const erasureWatchComponent = (options: {
  readonly erasures: Erasures;
  readonly writer: Pick<HistoryWriter, 'streams'>;
  readonly logger: Logger;
  readonly everyMs?: number;
}): Component<null> => ({
  name: 'erasure watch',
  start: async () => {
    const { erasures, writer, logger, everyMs = lookEveryMs } = options;
    let looking: Promise<void> | undefined;
    const look = (): void => {
      const isOwner = writer.streams().some(({ topic, partition }) => topic === alertsTopic && partition === 0);
      if (!isOwner && !erasures.isSuspected) return;
      looking ??= erasures
        .look()
        .catch((err: unknown) => logger.warn({ err }, 'whether erased persons came back is not known; asked again'))
        .finally(() => {
          looking = undefined;
        });
    };
    const timer = setInterval(look, everyMs);
    return {
      value: null,
      stop: async () => {
        clearInterval(timer);
        await looking;
      },
    };
  },
});
