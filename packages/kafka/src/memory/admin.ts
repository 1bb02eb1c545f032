import type { Admin } from '../port.ts';
import type { MemoryBroker } from './broker.ts';
import type { Scheduler } from './scheduler.ts';

/** Topics, offsets and groups of the in-memory broker. */
export function memoryAdmin(broker: MemoryBroker, scheduler: Scheduler): Admin {
  return {
    clusterId: async () => {
      await broker.scheduler.step('admin');
      return broker.clusterId;
    },
    ensureTopics: async (topics, partitions) => {
      await scheduler.step('admin');
      for (const topic of topics) broker.createTopic(topic, partitions);
    },
    partitionCount: async (topic) => {
      await scheduler.step('admin');
      return broker.partitions(topic).length;
    },
    offsets: async (topic) => {
      await scheduler.step('admin');
      return broker.partitions(topic).map(({ at, earliest, latest }) => ({ ...at, earliest, latest }));
    },
    offsetsSince: async (topic, timestamp) => {
      await scheduler.step('admin');
      return broker
        .partitions(topic)
        .map((partition) => ({ ...partition.at, offset: partition.offsetSince(timestamp) }));
    },
    committed: async (group, topic) => {
      await scheduler.step('admin');
      return broker.partitions(topic).map(({ at }) => {
        const committed = broker.committed(group, at);
        return { ...at, offset: committed?.offset ?? null, metadata: committed?.metadata ?? '' };
      });
    },
    groups: async () => {
      await scheduler.step('admin');
      return broker.groupNames();
    },
    close: async () => undefined,
  };
}
