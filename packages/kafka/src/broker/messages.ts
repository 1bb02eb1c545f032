import type { Message, TopicMessages } from 'kafkajs';
import type { NewRecord } from '../port.ts';

/** Records grouped by topic, in their order, as the client sends them. */
export function topicMessages(records: readonly NewRecord[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const record of records) {
    const message: Message = {
      key: record.key,
      value: record.value,
      ...(record.partition === undefined ? {} : { partition: record.partition }),
      ...(record.headers === undefined ? {} : { headers: { ...record.headers } }),
    };
    const messages = byTopic.get(record.topic);
    if (messages === undefined) byTopic.set(record.topic, [message]);
    else messages.push(message);
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
}
