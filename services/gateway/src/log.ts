import { alertsTopic } from '@resonant/contracts';
import { connectKafka, type Log, type Producer } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import type { Config } from './config.ts';

/** How often the log is asked whether it is there, in ms. */
const probeMs = 2_000;

/** The connection to Kafka; says not ready while it does not answer. */
export const logComponent = (
  config: Pick<Config, 'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL'>,
  logger: Logger,
): Component<Log> => ({
  name: 'log',
  start: async () => {
    const log = connectLog(config, logger);
    const admin = await log.admin();
    await admin.offsets(alertsTopic);
    let reason: string | undefined;
    let probing = false;
    const probe = async () => {
      if (probing) return;
      probing = true;
      reason = await admin.offsets(alertsTopic).then(
        () => undefined,
        (error: unknown) => `Kafka does not answer: ${(error as Error).message}`,
      );
      probing = false;
    };
    const timer = setInterval(() => void probe(), probeMs);
    return {
      value: log,
      ready: () => reason,
      stop: async () => {
        clearInterval(timer);
        await log.close();
      },
    };
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
