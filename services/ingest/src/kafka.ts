import { type ApiKey, keysTopic } from '@resonant/contracts';
import { connectKafka, deadLetterWriter, followTable, type Log, type Producer } from '@resonant/kafka';
import { type Component, KeyRing, type Logger, probe } from '@resonant/service';
import { DeadLetters } from './dead-letters.ts';

interface Endpoints {
  readonly KAFKA_BROKERS: readonly string[];
  readonly SCHEMA_REGISTRY_URL: string;
}

/** The log on the configured cluster. */
export const connect = (config: Endpoints, logger: Logger): Log =>
  connectKafka({
    brokers: config.KAFKA_BROKERS,
    registryUrl: config.SCHEMA_REGISTRY_URL,
    clientId: 'resonant-ingest',
    onLog: (level, message, fields) => logger[level]({ ...fields }, message),
  });

/** Not ready while Kafka or the schema registry does not answer; closed after everything that uses it. */
export const logComponent = (config: Endpoints, logger: Logger): Component<Log> => ({
  name: 'log',
  start: async () => {
    const log = connect(config, logger);
    const admin = await log.admin();
    const watched = probe('the log', () => Promise.all([admin.offsets(keysTopic), log.registry.schemaById(1)]));
    const stop = async (): Promise<void> => {
      watched.stop();
      await log.close();
    };
    return { value: log, ready: watched.reason, stop };
  },
});

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
