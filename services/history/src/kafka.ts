import { connectKafka, type Log } from '@resonant/kafka';
import { type Logger, logSettings } from '@resonant/service';
import type { Config } from './config.ts';

/** The log on the configured cluster. */
export const connect = (config: Config, logger: Logger): Log =>
  connectKafka(logSettings('resonant-history', config, logger));
