import {
  actionsTopic,
  alertsTopic,
  type Keyspace,
  keyspaces,
  rulesTopic,
  signalsTopic,
  stateTopic,
} from '@resonant/contracts';
import { Engine } from '@resonant/engine';
import { compileRule } from '@resonant/rules';
import { checkLog, httpComponent, logComponent, runService } from '@resonant/service';
import { configSchema } from './config.ts';
import { heldTimeComponent } from './held.ts';
import { connect } from './kafka.ts';
import { type EngineOf, keyspaceComponent } from './keyspace.ts';
import { Progress, progressComponent } from './progress.ts';
import { rulesComponent } from './rules.ts';
import { statusRoutes } from './status.ts';
import { taskMetrics } from './task-metrics.ts';

await runService({
  name: 'processor',
  config: configSchema,

  wire: async ({ config, logger, metrics, health, start }) => {
    const log = await start(logComponent(() => connect(config, logger), rulesTopic));
    const book = await start(rulesComponent(log, logger));
    const tasks = taskMetrics(metrics);
    const progress = new Progress(tasks.gauges);
    const mode = config.RESONANT_CLOCK;
    const instanceId = config.RESONANT_INSTANCE_ID;
    const engine: EngineOf = (onRefusal) => new Engine({ compile: compileRule, onRefusal });
    const held =
      mode === 'wall' ? await start(heldTimeComponent(log, logger, () => progress.brokerTime(Date.now()))) : undefined;
    const shared = { log, book, mode, held, engine, logger, metrics: tasks, instanceId };
    const startOne = async (keyspace: Keyspace) =>
      progress.add(await start(keyspaceComponent({ ...shared, keyspace })));
    await Promise.all(keyspaces.map(startOne));
    await start(progressComponent(log, progress, logger));
    await start(
      httpComponent({
        port: config.PORT,
        host: config.HOST,
        logger,
        metrics,
        health,
        routes: (app) => statusRoutes(app, progress, mode, held),
      }),
    );
  },

  check: ({ config, logger }) =>
    checkLog(connect(config, logger), [
      ...keyspaces.map(signalsTopic),
      ...keyspaces.map(stateTopic),
      ...[rulesTopic, alertsTopic, actionsTopic],
    ]),
});
