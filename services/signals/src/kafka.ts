import { directoryTopic } from '@resonant/contracts';
import { connectKafka, type Log } from '@resonant/kafka';
import { type Component, type Logger, probe } from '@resonant/service';

interface Endpoints {
  readonly KAFKA_BROKERS: readonly string[];
  readonly SCHEMA_REGISTRY_URL: string;
}

/** The log on the configured cluster. */
export const connect = (config: Endpoints, logger: Logger): Log =>
  connectKafka({
    brokers: config.KAFKA_BROKERS,
    registryUrl: config.SCHEMA_REGISTRY_URL,
    clientId: 'resonant-signals',
    onLog: (level, message, fields) => logger[level]({ ...fields }, message),
  });

/** Not ready while Kafka or the schema registry does not answer; closed after everything that uses it. */
export const logComponent = (config: Endpoints, logger: Logger): Component<Log> => ({
  name: 'log',
  start: async () => {
    const log = connect(config, logger);
    const admin = await log.admin();
    const watched = probe('the log', () => Promise.all([admin.offsets(directoryTopic), log.registry.schemaById(1)]));
    const stop = async (): Promise<void> => {
      watched.stop();
      await log.close();
    };
    return { value: log, ready: watched.reason, stop };
  },
});
