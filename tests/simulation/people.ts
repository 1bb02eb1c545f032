import {
  type Action,
  type Alert,
  actionsTopic,
  alertsTopic,
  directoryTopic,
  signalsTopic,
  stateTopic,
  topics,
  vocabularyTopic,
} from '@resonant/contracts';
import { decoderFor, encoderFor, type MemoryLog, type SeededRandom } from '@resonant/kafka';
import { toRecord } from '@resonant/service';
import { referenceData, type Scenario } from './scenario.ts';
import type { Senders } from './senders.ts';

/** Creates the topics and puts directory and vocabulary. */
export async function prepare(log: MemoryLog, { keyspaces, partitions }: Scenario): Promise<void> {
  const admin = await log.admin();
  const ruled = new Set(keyspaces.flatMap((keyspace) => [signalsTopic(keyspace), stateTopic(keyspace)]));
  for (const topic of topics) await admin.ensureTopics([topic], ruled.has(topic.name) ? partitions : 1);
  const producer = await log.producer();
  for (const [kind, id, body] of referenceData) {
    const { key, name, value } = toRecord(kind, id, body);
    const topic = name === 'TalkTrack' || name === 'GlossaryEntry' ? vocabularyTopic : directoryTopic;
    const encode = await encoderFor(log, topic, name);
    await producer.send({ topic, key, value: encode(value as never) });
  }
}

/** Acknowledges some of the alerts that open and some of the actions that are due, as people do who read the streams. */
export async function acknowledgeSome(log: MemoryLog, senders: Senders, random: SeededRandom): Promise<void> {
  const decoder = decoderFor(log);
  const alerts = new Map<string, Alert>();
  const follow = (topic: string, onRecord: (value: Alert | Action) => void) =>
    log.follow({
      topic,
      onRecords: async (_, records) => {
        await decoder.prepare(records.map(({ value }) => value));
        for (const { value } of records) onRecord(decoder.decode(value as Buffer).value as Alert | Action);
      },
    });
  await follow(alertsTopic, (value) => {
    const alert = value as Alert;
    alerts.set(alert.alertId, alert);
    if (alert.transition === 'opened' && random.chance(0.3)) senders.acknowledge(alert, null);
  });
  await follow(actionsTopic, (value) => {
    const { alertId, actionId, dueAt } = value as Action;
    const alert = alerts.get(alertId ?? '');
    if (alert !== undefined && dueAt !== null && random.chance(0.3)) senders.acknowledge(alert, actionId);
  });
}
