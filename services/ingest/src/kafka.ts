import { type ApiKey, keysTopic } from '@resonant/contracts';
import { connectKafka, deadLetterWriter, followTable, type Log, type Producer } from '@resonant/kafka';
import { type Component, KeyRing, type Logger, logSettings } from '@resonant/service';
import type { Config } from './config.ts';
import { DeadLetters } from './dead-letters.ts';

/** The log on the configured cluster. */
export const connect = (config: Config, logger: Logger): Log =>
  connectKafka(logSettings('resonant-ingest', config, logger));

/** The producer of touchpoints: requests wait for it at most `timeoutMs`. */
export const producerComponent = (log: Log, timeoutMs: number): Component<Producer> => ({
  name: 'producer',
  start: async () => {
    const producer = await log.producer({ timeoutMs });
    return { value: producer, stop: () => producer.close() };
  },
});

export const deadLettersComponent = (log: Log): Component<DeadLetters> => ({
  name: 'dead letters',
  start: async () => {
    const writer = await deadLetterWriter(log);
    return { value: new DeadLetters(writer), stop: () => writer.close() };
  },
});

/** The API keys in force, followed from `resonant.keys.v1`; started once all that stand there are known. */
export const keysComponent = (log: Log, logger: Logger): Component<KeyRing> => ({
  name: 'keys',
  start: async () => {
    const keys = new KeyRing();
    const follower = await followTable(log, keysTopic, {
      put: (_key, { type, value }) => {
        if (type === 'ApiKey') keys.put(value satisfies ApiKey);
      },
      remove: (keyId) => keys.remove(keyId),
      undecodable: ({ partition, offset }, err) => logger.error({ partition, offset, err }, 'a key cannot be decoded'),
    });
    await follower.caughtUp;
    return { value: keys, failed: follower.failed, stop: () => follower.stop() };
  },
});
