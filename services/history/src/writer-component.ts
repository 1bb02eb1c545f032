import { type ClickHouse, clickHouseStore } from '@resonant/clickhouse';
import type { Log } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import { type Config, group, limitsOf } from './config.ts';
import type { StreamMetrics } from './stream-metrics.ts';
import { type HistoryWriter, startWriter } from './writer.ts';

/** The group member that writes history. */
export const writerComponent = (options: {
  readonly log: Log;
  readonly clickHouse: ClickHouse;
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: StreamMetrics;
  /** A writer begins again from the ledger: it may have moved back. */
  readonly restored: () => void;
}): Component<HistoryWriter> => ({
  name: 'writer',
  start: async () => {
    const { log, clickHouse, config, logger, metrics, restored } = options;
    const observer = metrics.observerOf(logger);
    const { memoryBytes, ...limits } = limitsOf(config);
    const writer = await startWriter({
      log,
      store: clickHouseStore(clickHouse, config.CLICKHOUSE_FAMILY),
      group,
      limits,
      memoryBytes,
      epochs: config.HISTORY_EPOCHS,
      observer: {
        ...observer,
        discarded: (stream, reason) => {
          observer.discarded?.(stream, reason);
          restored();
        },
      },
      instanceId: config.RESONANT_INSTANCE_ID,
    });
    return { value: writer, failed: writer.failed, stop: () => writer.stop() };
  },
});
