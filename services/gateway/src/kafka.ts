import { connectKafka, type Log, type Producer } from '@resonant/kafka';
import { type Component, type Logger, logSettings } from '@resonant/service';
import type { Config } from './config.ts';

/** The log on the configured cluster. */
export const connect = (config: Config, logger: Logger): Log =>
  connectKafka(logSettings('resonant-gateway', config, logger));

/** A plain idempotent producer of its own. */
export const producerComponent = (log: Log): Component<Producer> => ({
  name: 'producer',
  start: async () => {
    const producer = await log.producer();
    return { value: producer, stop: () => producer.close() };
  },
});
