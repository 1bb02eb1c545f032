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
}): Component<HistoryWriter> => ({
  name: 'writer',
  start: async () => {
    const { log, clickHouse, config, logger, metrics } = options;
    const { memoryBytes, ...limits } = limitsOf(config);
    const writer = await startWriter({
      log,
      store: clickHouseStore(clickHouse, config.CLICKHOUSE_FAMILY),
      group,
      limits,
      memoryBytes,
      epochs: config.HISTORY_EPOCHS,
      observer: metrics.observerOf(logger),
      instanceId: config.RESONANT_INSTANCE_ID,
    });
    return { value: writer, failed: writer.failed, stop: () => writer.stop() };
  },
});
