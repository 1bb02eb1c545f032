import { keptTopics } from '@resonant/clickhouse';
import { deadLettersTopic, erasuresTopic } from '@resonant/contracts';
import { checkLog, httpComponent, logComponent, runService } from '@resonant/service';
import { checkClickHouse, clickHouseComponent } from './clickhouse.ts';
import { configSchema } from './config.ts';
import { erasureWatchComponent } from './erasure-watch.ts';
import { erasuresComponent } from './erasures.ts';
import { connect } from './kafka.ts';
import { progressComponent } from './progress.ts';
import { sealerComponent } from './sealer.ts';
import { statusRoutes } from './status.ts';
import { streamMetrics } from './stream-metrics.ts';
import { writerComponent } from './writer-component.ts';

await runService({
  name: 'history',
  config: configSchema,

  wire: async ({ config, logger, metrics, health, start }) => {
    const log = await start(logComponent(() => connect(config, logger), deadLettersTopic));
    const clickHouse = await start(clickHouseComponent(config, logger));
    const streams = streamMetrics(metrics);
    const erasures = await start(
      erasuresComponent({ log, clickHouse, config, logger, metrics, streams, now: Date.now }),
    );
    const writer = await start(
      writerComponent({ log, clickHouse, config, logger, metrics: streams, restored: () => erasures.suspectRestore() }),
    );
    await start(erasureWatchComponent({ erasures, writer, logger }));
    const progress = await start(progressComponent(log, writer, streams.gauges, logger));
    await start(sealerComponent({ log, clickHouse, writer, config, logger, now: Date.now }));
    await start(
      httpComponent({
        port: config.PORT,
        host: config.HOST,
        logger,
        metrics,
        health,
        routes: (app) => statusRoutes(app, progress, erasures),
      }),
    );
  },

  check: async ({ config, logger }) => {
    await checkLog(connect(config, logger), [...keptTopics, erasuresTopic]);
    await checkClickHouse(config);
  },
});
