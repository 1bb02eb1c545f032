import { defaultPartitions, isResonantError, topics } from '@resonant/contracts';
import { connectKafka } from '@resonant/kafka';
import { until } from './probe.ts';
import type { StackEnv } from './stack.ts';

/**
 * Creates those of the product's topics that are missing, mends the settings of those that an earlier release made, and has the broker load its coordinators of groups and
 * transactions, so that no first user meets them while they load.
 */
export async function createTopics(env: StackEnv, onLine: (line: string) => void): Promise<void> {
  const log = connectKafka({
    brokers: [env.KAFKA_BROKERS],
    registryUrl: env.SCHEMA_REGISTRY_URL,
    clientId: 'local',
    onLog: (level, message) => {
      if (level === 'info') onLine(message);
    },
  });
  const patience = {
    withinMs: 30_000,
    everyMs: 100,
    only: (error: unknown) => isResonantError(error, 'log-unavailable'),
  };
  try {
    const admin = await log.admin();
    await until('creating topics', () => admin.ensureTopics(topics, defaultPartitions.local), patience);
    await until('the coordinator of groups', () => admin.committed('local-stack', topics[0]!.name), patience);
    await until(
      'the coordinator of transactions',
      async () => (await log.transactionalProducer('local-stack')).close(),
      patience,
    );
  } finally {
    await log.close();
  }
}
