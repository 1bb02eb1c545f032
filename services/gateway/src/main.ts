import {
  actionsTopic,
  alertsTopic,
  directoryTopic,
  keyspaces,
  keysTopic,
  rulesTopic,
  signalsTopic,
  sources,
  touchpointsTopic,
  vocabularyTopic,
} from '@resonant/contracts';
import { checkLog, checkRedis, runService } from '@resonant/service';
import { configSchema } from './config.ts';
import { wireGateway } from './gateway.ts';
import { connect } from './kafka.ts';

await runService({
  name: 'gateway',
  config: configSchema,
  wire: async (w) => {
    await wireGateway(w);
  },
  check: async ({ config, logger }) => {
    const tables = [keysTopic, directoryTopic, vocabularyTopic, rulesTopic, alertsTopic, actionsTopic];
    const logs = [...keyspaces.map(signalsTopic), ...sources.map(touchpointsTopic)];
    await checkLog(connect(config, logger), [...tables, ...logs]);
    await checkRedis(config.REDIS_URL);
  },
});
