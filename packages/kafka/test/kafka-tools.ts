import { isDeepStrictEqual } from 'node:util';
import { type Admin, type ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { connectKafka } from '../src/index.ts';
import { stack } from './stack.ts';

/** The protocol's number; the client's own constant is not visible to ESM imports. */
const topicResource = 2 as ConfigResourceTypes.TOPIC;

async function connectAdmin(): Promise<Admin> {
  const kafka = new Kafka({ brokers: [...stack().brokers], clientId: 'test-tools', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  return admin;
}

/** Deletes the topics whose names begin with `prefix`. */
export async function removeTopics(prefix: string): Promise<void> {
  const admin = await connectAdmin();
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
}

/** Has the next record begin a new segment, and the old one compacted in the cleaner's next round. */
export async function prepareCompaction(topic: string): Promise<void> {
  await setTopic(topic, { 'cleanup.policy': 'compact', 'segment.ms': '1', 'min.cleanable.dirty.ratio': '0.001' });
  // the broker shows a setting before its log goes by it: a record that comes before that begins no segment
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

/** Makes `entries` all that is set on a topic; resolves when the broker shows them, which is after it says that they are set. */
export async function setTopic(topic: string, entries: Readonly<Record<string, string>>): Promise<void> {
  const admin = await connectAdmin();
  const configEntries = Object.entries(entries).map(([name, value]) => ({ name, value }));
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: topicResource, name: topic, configEntries }] });
  await admin.disconnect();
  while (!isDeepStrictEqual(await settings(topic), { ...entries }))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** What is set on a topic itself, defaults left out. */
export async function settings(topic: string): Promise<Readonly<Record<string, string>>> {
  const admin = await connectAdmin();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: topicResource, name: topic }],
  });
  await admin.disconnect();
  const own = (resources[0]?.configEntries ?? []).filter(({ configSource }) => Number(configSource) === 1);
  return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
}

/** The cleaner takes one topic after the other, and the machine may have much else to do. */
const compactedWithinMs = 150_000;

/** Waits until the broker's cleaner has compacted a topic; its rounds are 2 s apart on the local stack, 15 s by default. */
export async function compacted(topic: string): Promise<void> {
  const log = connectKafka({ ...stack(), clientId: 'compaction' });
  const deadline = Date.now() + compactedWithinMs;
  try {
    while (await hasOldValues(log, topic)) {
      if (Date.now() > deadline) throw new Error(`${topic} was not compacted within ${compactedWithinMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  } finally {
    await log.close();
  }
}

async function hasOldValues(log: ReturnType<typeof connectKafka>, topic: string): Promise<boolean> {
  const keys: string[] = [];
  const follower = await log.follow({
    topic,
    onRecords: (_partition, records) => void keys.push(...records.map(({ key }) => String(key))),
  });
  await follower.caughtUp;
  await follower.stop();
  return new Set(keys).size < keys.length;
}

/** Deletes all records of a partition before `offset`, as retention does. */
export async function deleteBefore(topic: string, partition: number, offset: number): Promise<void> {
  const admin = await connectAdmin();
  // The client deletes only where it has looked before.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  await admin.disconnect();
}
