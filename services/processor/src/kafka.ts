import { connectKafka, type Log } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';

interface Endpoints {
  readonly KAFKA_BROKERS: readonly string[];
  readonly SCHEMA_REGISTRY_URL: string;
}

/** The log on the configured cluster. */
export const connect = (config: Endpoints, logger: Logger): Log =>
  connectKafka({
    brokers: config.KAFKA_BROKERS,
    registryUrl: config.SCHEMA_REGISTRY_URL,
    clientId: 'resonant-processor',
    onLog: (level, message, fields) => logger[level]({ ...fields }, message),
  });

/** Closes the log after everything that uses it. */
export const logComponent = (config: Endpoints, logger: Logger): Component<Log> => ({
  name: 'log',
  start: async () => {
    const log = connect(config, logger);
    return { value: log, stop: () => log.close() };
  },
});
