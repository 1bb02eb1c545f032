import { directoryTopic, sources, touchpointsTopic, vocabularyTopic } from '@resonant/contracts';
import { analyze, isPersonalised } from '@resonant/language';
import { checkLog, httpComponent, logComponent, runService } from '@resonant/service';
import { configSchema } from './config.ts';
import { connect } from './kafka.ts';
import { statusRoutes } from './status.ts';
import { tablesComponent } from './tables.ts';
import { tasksComponent } from './tasks.ts';

await runService({
  name: 'signals',
  config: configSchema,

  wire: async ({ config, logger, metrics, health, start }) => {
    const log = await start(logComponent(() => connect(config, logger), directoryTopic));
    const tables = await start(tablesComponent(log, logger, metrics));
    const analyzer = { analyze, isPersonalised };
    const instanceId = config.RESONANT_INSTANCE_ID;
    const tasks = await start(tasksComponent({ log, tables, analyzer, logger, metrics, instanceId }));
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

  check: ({ config, logger }) =>
    checkLog(connect(config, logger), [...sources.map(touchpointsTopic), directoryTopic, vocabularyTopic]),
});
