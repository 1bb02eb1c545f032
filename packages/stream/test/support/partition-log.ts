import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Decoded,
  type Keyspace,
  type Rule,
  rulesTopic,
  type Signal,
  signalsTopic,
  topics,
} from '@resonant/contracts';
import {
  decoderFor,
  encoderFor,
  type Log,
  type LogRecord,
  type MemoryLog,
  memoryLog,
  realScheduler,
  type Scheduler,
} from '@resonant/kafka';

/** An in-memory log with the product's topics, on the clock of `scheduler`. */
export async function productLog(partitions = 1, scheduler: Scheduler = realScheduler): Promise<MemoryLog> {
  const log = memoryLog({ scheduler });
  const admin = await log.admin();
  await admin.ensureTopics(topics, partitions);
  return log;
}

export const signal = (id: string, occurredAt: number, fields: Partial<Signal> = {}): Signal => ({
  id,
  kind: 'sentiment',
  occurredAt,
  channel: null,
  accountId: null,
  contactId: null,
  repId: null,
  teamId: null,
  regionId: null,
  leadId: null,
  opportunityId: null,
  measures: {},
  labels: {},
  eventId: null,
  ...fields,
});

/** Appends signals to a partition, in order. */
export async function appendSignals(
  log: Log,
  keyspace: Keyspace,
  partition: number,
  signals: readonly Signal[],
): Promise<void> {
  const topic = signalsTopic(keyspace);
  const encode = await encoderFor(log, topic, 'Signal');
  const producer = await log.producer();
  await producer.sendAll(signals.map((value) => ({ topic, partition, key: 'key', value: encode(value) })));
  await producer.close();
}

/** Appends ticks to a partition, as a player does. */
export async function appendTicks(log: Log, keyspace: Keyspace, partition: number, ats: readonly number[]) {
  const topic = signalsTopic(keyspace);
  const encode = await encoderFor(log, topic, 'Tick');
  const producer = await log.producer();
  await producer.sendAll(ats.map((at) => ({ topic, partition, key: null, value: encode({ at }) })));
  await producer.close();
}

/** Appends a change to the rules topic; resolves with its revision. */
export async function changeRule(log: Log, change: Pick<Rule, 'action' | 'ruleId'> & Partial<Rule>): Promise<number> {
  const encode = await encoderFor(log, rulesTopic, 'Rule');
  const producer = await log.producer();
  const value = encode({ keyspace: null, document: null, changedAt: 0, changedBy: null, ...change });
  const { offset } = await producer.send({ topic: rulesTopic, partition: 0, key: change.ruleId, value });
  await producer.close();
  return offset;
}

/** What a `read_committed` reader sees in a topic now; `undefined` for what no schema fits. */
export async function readTopic(
  log: Log,
  topic: string,
): Promise<readonly { readonly record: LogRecord; readonly decoded: Decoded }[]> {
  const decoder = decoderFor(log);
  const seen: { record: LogRecord; decoded: Decoded }[] = [];
  const follower = await log.follow({
    topic,
    onRecords: async (_, records) => {
      await decoder.prepare(records.map((record) => record.value));
      for (const record of records) {
        if (record.value !== null && record.value[0] === 0)
          seen.push({ record, decoded: decoder.decode(record.value) });
      }
    },
  });
  await follower.caughtUp;
  await follower.stop();
  return seen;
}

/** Time for what must not happen to happen. */
export const aWhile = (): Promise<void> => sleep(30);
