import { ResonantError, type Topic } from '@resonant/contracts';
import type { ITopicConfig, Admin as KafkaAdmin } from 'kafkajs';
import type { Admin, OffsetRange } from '../port.ts';
import type { Client, LogFunction } from './client.ts';
import { logError, within } from './errors.ts';
import type { Cluster } from './internals.ts';
import { earliest, latest, offsetsAt, offsetsSince, partitionsOf } from './offsets.ts';
import { isMoving, isPassing, rideOver } from './ride-over.ts';
import { correctSettings, settingsOf } from './topic-settings.ts';

/** How long a call may take, and how long it is tried again while the cluster restarts or leaders move. */
const limitMs = 15_000;
const rideMs = 5000;

const configOf = (topic: Topic, partitions: number): ITopicConfig => ({
  topic: topic.name,
  numPartitions: partitions,
  configEntries: Object.entries(settingsOf(topic)).map(([name, value]) => ({ name, value })),
});

interface Connection {
  readonly client: Client;
  readonly admin: KafkaAdmin;
  readonly cluster: Cluster;
}

/** Topics, offsets and groups; a connection that failed is thrown away and made anew. All it is asked can be repeated. */
export class BrokerAdmin implements Admin {
  readonly #open: () => Client;
  readonly #onLog: LogFunction;
  #connection: Promise<Connection> | undefined;
  #answered = false;
  #closed = false;

  constructor(open: () => Client, onLog: LogFunction) {
    this.#open = open;
    this.#onLog = onLog;
  }

  /** Connects now, so that a wrong address shows at once. */
  async open(): Promise<void> {
    await this.#use('connecting', async () => undefined);
    this.#answered = true;
  }

  clusterId(): Promise<string> {
    return this.#use('the cluster id', async ({ admin }) => (await admin.describeCluster()).clusterId);
  }

  ensureTopics(topics: readonly Topic[], partitions: number): Promise<void> {
    return this.#use('creating topics', async ({ admin }) => {
      const existing = new Set(await admin.listTopics());
      const missing = topics.filter(({ name }) => !existing.has(name));
      if (missing.length > 0) await admin.createTopics({ topics: missing.map((topic) => configOf(topic, partitions)) });
      const present = topics.filter(({ name }) => existing.has(name));
      for (const change of await correctSettings(admin, present)) this.#onLog('info', change, {});
      const known = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
      for (const topic of known.topics) {
        if (topic.partitions.length === partitions) continue;
        throw new ResonantError(
          'invalid-configuration',
          `topic ${topic.name} has ${topic.partitions.length} partitions, expected ${partitions}; the count cannot be changed`,
        );
      }
    });
  }

  partitionCount(topic: string): Promise<number> {
    return this.#use(`topic ${topic}`, async ({ admin }) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length ?? 0;
    });
  }

  offsets(topic: string): Promise<readonly OffsetRange[]> {
    return this.#use(`offsets of ${topic}`, async ({ cluster }) => {
      const partitions = await partitionsOf(cluster, topic);
      const first = await offsetsAt(cluster, topic, partitions, earliest, 'read_uncommitted');
      const next = await offsetsAt(cluster, topic, partitions, latest, 'read_uncommitted');
      return partitions.map((partition) => ({
        topic,
        partition,
        earliest: first.get(partition) as number,
        latest: next.get(partition) as number,
      }));
    });
  }

  offsetsSince(topic: string, timestamp: number): ReturnType<Admin['offsetsSince']> {
    return this.#use(`offsets of ${topic}`, async ({ cluster }) => {
      const partitions = await partitionsOf(cluster, topic);
      const found = await offsetsSince(cluster, topic, partitions, timestamp, 'read_uncommitted');
      return partitions.map((partition) => ({ topic, partition, offset: found.get(partition) as number }));
    });
  }

  committed(group: string, topic: string): ReturnType<Admin['committed']> {
    return this.#use(`committed offsets of ${group}`, async ({ admin }) => {
      const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      return (found?.partitions ?? [])
        .map(({ partition, offset, metadata }) => ({
          topic,
          partition,
          offset: Number(offset) < 0 ? null : Number(offset),
          metadata: metadata ?? '',
        }))
        .sort((a, b) => a.partition - b.partition);
    });
  }

  groups(): Promise<readonly string[]> {
    return this.#use('listing groups', async ({ admin }) => {
      const { groups } = await admin.listGroups();
      return groups.map(({ groupId }) => groupId).sort();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const connection = await this.#connection?.catch(() => undefined); // it never came to be
    this.#connection = undefined;
    connection?.client.dispose();
  }

  async #connect(): Promise<Connection> {
    const client = this.#open();
    const admin = client.kafka.admin();
    const cluster = client.cluster('read_uncommitted');
    try {
      await Promise.all([admin.connect(), cluster.connect()]);
    } catch (error) {
      client.dispose();
      throw error;
    }
    return { client, admin, cluster };
  }

  #use<T>(what: string, ask: (connection: Connection) => Promise<T>): Promise<T> {
    const deadline = Date.now() + limitMs;
    return rideOver(
      rideMs,
      () => this.#try(what, deadline - Date.now(), ask),
      (error) => !this.#closed && (this.#answered ? isPassing : isMoving)(error),
    );
  }

  async #try<T>(what: string, ms: number, ask: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#closed) throw new ResonantError('log-unavailable', 'the admin connection is closed');
    this.#connection ??= this.#connect();
    const connection = this.#connection;
    try {
      return await within(ms, what, connection.then(ask));
    } catch (error) {
      if (this.#connection === connection) this.#connection = undefined;
      void connection.then(
        ({ client }) => client.dispose(),
        () => undefined, // it never came to be
      );
      throw logError(error, what);
    }
  }
}
