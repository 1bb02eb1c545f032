import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { defaultPartitions, topics } from '@resonant/contracts';
import { connectKafka } from '@resonant/kafka';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import type { PartsEnv } from './parts.ts';

/** The same versions as those of the local stack. */
const images = {
  kafka: 'apache/kafka:4.4.0',
  registry: 'apicurio/apicurio-registry-mem:2.6.13.Final',
  redis: 'redis:6.2-alpine',
} as const;

/** True if a Docker daemon (or what stands in for one) can be used. */
export const dockerAnswers = (): Promise<boolean> =>
  getContainerRuntimeClient().then(
    () => true,
    () => false,
  );

/** Starts the three parts in containers and creates the product's topics. */
export async function startContainers(): Promise<{ readonly env: PartsEnv; stop(): Promise<void> }> {
  const running: StartedTestContainer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((container) => container.stop()));
  };
  try {
    // The broker tells clients where it is, so its port outside has to be known before it starts.
    const port = await freePort();
    const [kafka, registry, redis] = await Promise.all([
      new GenericContainer(images.kafka)
        .withEnvironment(kafkaEnvironment(port))
        .withExposedPorts({ container: 9092, host: port })
        .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
        .start(),
      new GenericContainer(images.registry)
        .withExposedPorts(8080)
        .withWaitStrategy(Wait.forHttp('/health/ready', 8080))
        .start(),
      new GenericContainer(images.redis).withExposedPorts(6379).start(),
    ]);
    running.push(kafka, registry, redis);
    const env: PartsEnv = {
      KAFKA_BROKERS: `${kafka.getHost()}:${port}`,
      SCHEMA_REGISTRY_URL: `http://${registry.getHost()}:${registry.getMappedPort(8080)}/apis/ccompat/v7`,
      REDIS_URL: `redis://${redis.getHost()}:${redis.getMappedPort(6379)}`,
    };
    await createTopics(env);
    return { env, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const kafkaEnvironment = (port: number): Record<string, string> => ({
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://localhost:${port}`,
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
});

async function createTopics(env: PartsEnv): Promise<void> {
  const log = connectKafka({ brokers: [env.KAFKA_BROKERS], registryUrl: env.SCHEMA_REGISTRY_URL, clientId: 'tests' });
  try {
    await (await log.admin()).ensureTopics(topics, defaultPartitions.local);
  } finally {
    await log.close();
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
