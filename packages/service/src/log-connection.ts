import type { Component } from './components.ts';
import type { Logger } from './logger.ts';
import { probe } from './probe.ts';

/** What is asked of a log here; that of packages/kafka is one. */
export interface ReachableLog {
  /** Rejects if Kafka cannot be reached, or does not know the topic. */
  admin(): Promise<{ offsets(topic: string): Promise<unknown> }>;
  readonly registry: { schemaById(id: number): Promise<unknown> };
  close(): Promise<void>;
}

/** Where the log is and who connects to it, as packages/kafka takes it. What the client says goes to the logger. */
export const logSettings = (
  clientId: string,
  config: { readonly KAFKA_BROKERS: readonly string[]; readonly SCHEMA_REGISTRY_URL: string },
  logger: Logger,
) => ({
  brokers: config.KAFKA_BROKERS,
  registryUrl: config.SCHEMA_REGISTRY_URL,
  clientId,
  onLog: (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>): void =>
    logger[level]({ ...fields }, message),
});

/** Any id: whether there is such a schema does not matter, only that the registry answers. */
const someSchemaId = 1;

/**
 * The connection to the log; closed after everything that uses it. Not ready while Kafka or the schema registry does not
 * answer, which is asked by way of `topic`.
 */
export const logComponent = <L extends ReachableLog>(open: () => L, topic: string): Component<L> => ({
  name: 'log',
  start: async () => {
    const log = open();
    const admin = await log.admin();
    const watched = probe('the log', () => Promise.all([admin.offsets(topic), log.registry.schemaById(someSchemaId)]));
    const stop = async (): Promise<void> => {
      watched.stop();
      await log.close();
    };
    return { value: log, ready: watched.reason, stop };
  },
});

/** Rejects, saying what is wrong, unless Kafka answers, knows all topics, and the schema registry answers. Closes the log. */
export async function checkLog(log: ReachableLog, topics: readonly string[]): Promise<void> {
  try {
    await checkTopics(log, topics).catch((error: Error) => {
      throw new Error(`Kafka: ${error.message}`, { cause: error });
    });
    await log.registry.schemaById(someSchemaId);
  } finally {
    await log.close();
  }
}

async function checkTopics(log: ReachableLog, topics: readonly string[]): Promise<void> {
  const admin = await log.admin();
  for (const topic of topics) await admin.offsets(topic);
}
