import { defaultPartitions, topics } from '@resonant/contracts';
import { connectKafka } from '@resonant/kafka';
import type { StackEnv } from './stack.ts';

/**
 * Creates those of the product's topics that are missing, and has the broker load its coordinators of groups and
 * transactions, so that no first user waits for them.
 */
export async function createTopics(env: StackEnv): Promise<void> {
  const log = connectKafka({ brokers: [env.KAFKA_BROKERS], registryUrl: env.SCHEMA_REGISTRY_URL, clientId: 'local' });
  try {
    const admin = await log.admin();
    await admin.ensureTopics(topics, defaultPartitions.local);
    await admin.committed('local-stack', topics[0]!.name);
    await (await log.transactionalProducer('local-stack')).close();
  } finally {
    await log.close();
  }
}
