import { defaultPartitions, type Topic, topics } from '@resonant/contracts';
import * as kafka from '@resonant/kafka';
import type { Endpoints } from './places.ts';

interface Connected {
  admin(): Promise<{ ensureTopics(topics: readonly Topic[], partitions: number): Promise<void> }>;
  close(): Promise<void>;
}

/** Creates those of the product's topics that are missing. */
export async function createTopics(env: Endpoints): Promise<void> {
  const { connectKafka } = kafka as { connectKafka?: (options: object) => Connected };
  if (connectKafka === undefined) return;
  const log = connectKafka({ brokers: [env.KAFKA_BROKERS], registryUrl: env.SCHEMA_REGISTRY_URL, clientId: 'local' });
  try {
    const admin = await log.admin();
    await admin.ensureTopics(topics, defaultPartitions.local);
  } finally {
    await log.close();
  }
}
