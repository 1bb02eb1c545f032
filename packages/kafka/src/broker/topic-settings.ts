import { setTimeout as sleep } from 'node:timers/promises';
import type { Topic } from '@resonant/contracts';
import type { ConfigEntries, ConfigResourceTypes, Admin as KafkaAdmin } from 'kafkajs';
import { maxMessageBytesOf } from '../size.ts';

/** The protocol's numbers; the client's own constants are not visible to ESM imports. */
const topicResource = 2 as ConfigResourceTypes.TOPIC;
const setOnTopic = 1;
const lookEveryMs = 50;

/** Without these, records are refused or cannot be read, or their stamps mean something else. */
const needed = (topic: Topic): Readonly<Record<string, string>> => ({
  'max.message.bytes': String(maxMessageBytesOf(topic.name)),
  // upstream producers compress as they like, and the client can undo gzip alone: the broker stores plain batches
  'compression.type': 'uncompressed',
  ...(topic.stamps === 'append' ? { 'message.timestamp.type': 'LogAppendTime' } : {}),
});

/** Settings of a new topic. */
export const settingsOf = (topic: Topic): Readonly<Record<string, string>> => ({
  'cleanup.policy': topic.cleanup,
  ...needed(topic),
  ...(topic.retentionMs === undefined ? {} : { 'retention.ms': String(topic.retentionMs) }),
  ...(topic.segmentBytes === undefined ? {} : { 'segment.bytes': String(topic.segmentBytes) }),
});

/**
 * Brings topics that exist already to what this release needs. How long they keep their records, and everything else
 * that an operator may have chosen, stays; so does a larger `max.message.bytes`. Gives what was changed, a line each,
 * when the broker shows it: it says before that that a change is made.
 */
export async function correctSettings(admin: KafkaAdmin, topics: readonly Topic[]): Promise<readonly string[]> {
  if (topics.length === 0) return [];
  const byName = await entriesOf(admin, topics);
  const told: string[] = [];
  const isShown: ((shown: Entries) => boolean)[] = [];
  const altered = topics.flatMap((topic) => {
    const entries = byName.get(topic.name) ?? [];
    const current = valuesOf(entries);
    const wrong = Object.entries(needed(topic)).filter(([name, value]) => !suffices(name, current[name], value));
    if (wrong.length === 0) return [];
    told.push(
      ...wrong.map(([name, value]) => `${topic.name}: ${name} was ${current[name] ?? 'not set'}, is ${value} now`),
    );
    isShown.push((shown) =>
      wrong.every(([name, value]) => suffices(name, valuesOf(shown.get(topic.name))[name], value)),
    );
    // The request replaces all that is set on a topic, so what stays has to be in it.
    const kept = entries.filter(({ configSource }) => Number(configSource) === setOnTopic);
    const settings = {
      ...valuesOf(kept),
      ...Object.fromEntries(wrong),
    };
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    return [{ type: topicResource, name: topic.name, configEntries }];
  });
  if (altered.length === 0) return [];
  await admin.alterConfigs({ validateOnly: false, resources: altered });
  for (let shown = byName; !isShown.every((holds) => holds(shown)); shown = await entriesOf(admin, topics)) {
    await sleep(lookEveryMs);
  }
  return told;
}

type Entries = ReadonlyMap<string, readonly ConfigEntries[]>;

async function entriesOf(admin: KafkaAdmin, topics: readonly Topic[]): Promise<Entries> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map(({ name }) => ({ type: topicResource, name })),
  });
  return new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries] as const));
}

const valuesOf = (entries: readonly ConfigEntries[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));

const suffices = (name: string, current: string | undefined, wanted: string): boolean =>
  name === 'max.message.bytes' ? Number(current) >= Number(wanted) : current === wanted;
