import { alertsTopic } from '@resonant/contracts';
import { connectKafka, type Log, type Producer } from '@resonant/kafka';
import { type Component, type Logger, probe } from '@resonant/service';
import type { Config } from './config.ts';

/** The connection to the log; not ready while Kafka or the schema registry does not answer. */
export const logComponent = (
  config: Pick<Config, 'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL'>,
  logger: Logger,
): Component<Log> => ({
  name: 'log',
  start: async () => {
    const log = connectLog(config, logger);
    const admin = await log.admin();
    await admin.offsets(alertsTopic);
    const watched = probe('the log', () => Promise.all([admin.offsets(alertsTopic), log.registry.schemaById(1)]));
    const stop = async (): Promise<void> => {
      watched.stop();
      await log.close();
    };
    return { value: log, ready: watched.reason, stop };
  },
});

/** Opens the log of a configuration. */
export const connectLog = (config: Pick<Config, 'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL'>, logger: Logger): Log =>
  connectKafka({
    brokers: config.KAFKA_BROKERS,
    registryUrl: config.SCHEMA_REGISTRY_URL,
    clientId: 'gateway',
    onLog: (level, message, fields) => logger[level]({ ...fields }, message),
  });

/** A plain idempotent producer of its own. */
export const producerComponent = (log: Log): Component<Producer> => ({
  name: 'producer',
  start: async () => {
    const producer = await log.producer();
    return { value: producer, stop: () => producer.close() };
  },
});
