import { type Positions, together } from '@resonant/clickhouse';
import { ResonantError } from '@resonant/contracts';
import type { Admin, GroupMember, TopicPartition } from '@resonant/kafka';

/** What the writers need of the log; what the partitions of a topic ask together is asked once. */
export function positionsOf(admin: Admin, group: string, member: Promise<GroupMember>): Positions {
  const perTopic = <P extends TopicPartition>(ask: (topic: string) => Promise<readonly P[]>) =>
    together(async (streams: readonly TopicPartition[]) => {
      const topics = [...new Set(streams.map(({ topic }) => topic))];
      const answers = new Map(await Promise.all(topics.map(async (topic) => [topic, await ask(topic)] as const)));
      return ({ topic, partition }: TopicPartition): P => {
        const part = answers.get(topic)?.find((known) => known.partition === partition);
        if (part !== undefined) return part;
        throw new ResonantError('log-unavailable', `the log does not know ${topic}/${partition}`);
      };
    });
  return {
    committed: perTopic((topic) => admin.committed(group, topic)),
    ends: perTopic((topic) => admin.offsets(topic)),
    commit: async (offset) => (await member).commit(offset),
  };
}
