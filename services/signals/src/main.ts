import { directoryTopic, sources, touchpointsTopic, vocabularyTopic } from '@resonant/contracts';
import { analyze, isPersonalised } from '@resonant/language';
import { httpComponent, runService } from '@resonant/service';
import { configSchema } from './config.ts';
import { connect, logComponent } from './kafka.ts';
import { statusRoutes } from './status.ts';
import { tablesComponent } from './tables.ts';
import { tasksComponent } from './tasks.ts';

await runService({
  name: 'signals',
  config: configSchema,

  wire: async ({ config, logger, metrics, health, start }) => {
    const log = await start(logComponent(config, logger));
    const tables = await start(tablesComponent(log, logger, metrics));
    const analyzer = { analyze, isPersonalised };
    const tasks = await start(tasksComponent({ log, tables, analyzer, logger, metrics }));
    await start(
      httpComponent({
        port: config.PORT,
        host: config.HOST,
        logger,
        metrics,
        health,
        routes: (app) => statusRoutes(app, tables, tasks),
      }),
    );
  },

  check: async ({ config, logger }) => {
    const log = connect(config, logger);
    const admin = await log.admin();
    try {
      for (const topic of [...sources.map(touchpointsTopic), directoryTopic, vocabularyTopic]) {
        await admin.partitionCount(topic);
      }
      await log.registry.schemaById(1);
    } finally {
      await log.close();
    }
  },
});
