import { isResonantError, type Keyspace, keyspaces, signalsTopic } from '@resonant/contracts';
import { decoderFor, type Follower, type Log, type LogRecord } from '@resonant/kafka';
import type { Component } from '@resonant/service';
import { acknowledgementSource } from './acknowledger.ts';
import type { Acknowledgement } from './alert-index.ts';

/** The log time of each partition of the signals topics, as far as it has been read. */
export interface SignalsTail {
  /** The last tick, epoch ms; undefined = none seen. */
  lastTick(keyspace: Keyspace, partition: number): number | undefined;
}

/** Records of each partition that are read again at the start. */
const startRecords = 10_000;

/**
 * Follows the ends of the signals topics for ticks and acknowledgements. Signals of others are passed over unread: ticks
 * have no headers, acknowledgements name this service.
 */
export const signalsTail = (log: Log, onAcknowledgement: (one: Acknowledgement) => void): Component<SignalsTail> => ({
  name: 'signals-tail',
  start: async () => {
    const ticks = new Map<string, number>();
    const admin = await log.admin();
    const followers: Follower[] = [];
    for (const keyspace of keyspaces) {
      const topic = signalsTopic(keyspace);
      const ranges = await admin.offsets(topic);
      const offsets = new Map(ranges.map((at) => [at.partition, Math.max(at.earliest, at.latest - startRecords)]));
      const onRecords = async (partition: number, records: readonly LogRecord[]) => {
        for (const decoded of await wantedOf(log, records)) {
          const key = `${keyspace}/${partition}`;
          if (decoded.type === 'Tick') ticks.set(key, Math.max(ticks.get(key) ?? 0, decoded.value.at));
          if (decoded.type !== 'Signal' || decoded.value.kind !== 'acknowledgement') continue;
          const { id, occurredAt, labels } = decoded.value;
          const { alertId, actionId = null, note = null, acknowledgedBy = null } = labels;
          if (alertId !== undefined) {
            onAcknowledgement({ signalId: id, alertId, actionId, occurredAt, note, by: acknowledgedBy });
          }
        }
      };
      followers.push(await log.follow({ topic, from: { offsets }, onRecords }));
    }
    await admin.close();
    await Promise.all(followers.map(({ caughtUp }) => caughtUp));
    return {
      value: { lastTick: (keyspace, partition) => ticks.get(`${keyspace}/${partition}`) },
      failed: Promise.race(followers.map(({ failed }) => failed)),
      stop: async () => void (await Promise.all(followers.map((follower) => follower.stop()))),
    };
  },
});

async function wantedOf(log: Log, records: readonly LogRecord[]) {
  const decoder = decoderFor(log);
  const wanted = records.flatMap(({ headers, value }) =>
    value !== null && (headers.ce_id === undefined || headers.ce_source?.toString() === acknowledgementSource)
      ? [value]
      : [],
  );
  await decoder.prepare(wanted);
  return wanted.flatMap((value) => {
    try {
      return [decoder.decode(value)];
    } catch (error) {
      if (!isResonantError(error)) throw error;
      // The processor's own reader of this topic puts such records aside; here they only have no tick.
      return [];
    }
  });
}
