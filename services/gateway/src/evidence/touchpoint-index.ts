import { isResonantError, type Party, sources, type Touchpoint, touchpointsTopic } from '@resonant/contracts';
import { decoderFor, type Follower, type Log, type LogRecord, type TopicPartition } from '@resonant/kafka';
import type { Component } from '@resonant/service';
import { partiesOf, touchpointOf } from './touchpoint.ts';

/** Where a touchpoint stands in the log. */
export interface Place extends TopicPartition {
  readonly offset: number;
}

/** Finds touchpoints by event id. Their bodies stay in the log and are read on demand. */
export interface TouchpointIndex {
  placeOf(eventId: string): Place | undefined;
  /** Reads the touchpoint; undefined if it is not known here or no longer kept. Rejects with `log-unavailable`. */
  read(eventId: string): Promise<{ readonly touchpoint: Touchpoint; readonly place: Place } | undefined>;
}

export interface TouchpointIndexOptions {
  readonly log: Log;
  /** Touchpoints that are remembered, the newest ones; also how many are read at the start. */
  readonly maxTouchpoints: number;
  readonly onLead: (leadId: string, parties: readonly Party[]) => void;
}

const readWithinMs = 10_000;

/** Follows the touchpoint topics of all sources. Starts when it has caught up. */
export const touchpointIndex = (options: TouchpointIndexOptions): Component<TouchpointIndex> => ({
  name: 'touchpoint-index',
  start: async () => {
    const { log, maxTouchpoints } = options;
    const places = new Map<string, Place>();
    const admin = await log.admin();
    const followers: Follower[] = [];
    const share = Math.ceil(maxTouchpoints / sources.length);
    for (const topic of sources.map(touchpointsTopic)) {
      const ranges = await admin.offsets(topic);
      const each = Math.ceil(share / Math.max(1, ranges.length));
      const offsets = new Map(ranges.map((at) => [at.partition, Math.max(at.earliest, at.latest - each)]));
      const onRecords = async (partition: number, records: readonly LogRecord[]) => {
        for (const [touchpoint, { offset }] of await touchpointsOf(log, records)) {
          const { eventId, leadId } = touchpoint;
          places.delete(eventId);
          places.set(eventId, { topic, partition, offset });
          if (leadId !== null) options.onLead(leadId, partiesOf(touchpoint));
        }
        for (const oldest of places.keys()) {
          if (places.size <= maxTouchpoints) break;
          places.delete(oldest);
        }
      };
      followers.push(await log.follow({ topic, from: { offsets }, onRecords }));
    }
    await admin.close();
    await Promise.all(followers.map(({ caughtUp }) => caughtUp));
    return {
      value: {
        placeOf: (eventId) => places.get(eventId),
        read: async (eventId) => {
          const place = places.get(eventId);
          const record = place === undefined ? undefined : await recordAt(log, place);
          const [found] = record === undefined ? [] : await touchpointsOf(log, [record]);
          if (place === undefined || found === undefined || found[0].eventId !== eventId) return undefined;
          return { touchpoint: found[0], place };
        },
      },
      failed: Promise.race(followers.map(({ failed }) => failed)),
      stop: async () => void (await Promise.all(followers.map((follower) => follower.stop()))),
    };
  },
});

/** What is no touchpoint, or cannot be decoded, is passed over: services/signals puts it aside. */
async function touchpointsOf(log: Log, records: readonly LogRecord[]): Promise<readonly [Touchpoint, LogRecord][]> {
  const decoder = decoderFor(log);
  await decoder.prepare(records.map(({ value }) => value));
  return records.flatMap((record): [Touchpoint, LogRecord][] => {
    if (record.value === null) return [];
    try {
      const touchpoint = touchpointOf(decoder.decode(record.value));
      return touchpoint === undefined ? [] : [[touchpoint, record]];
    } catch (error) {
      if (!isResonantError(error)) throw error;
      return [];
    }
  });
}

/** The record at a place, undefined if it is no longer kept. */
async function recordAt(log: Log, { topic, partition, offset }: Place): Promise<LogRecord | undefined> {
  const found = Promise.withResolvers<LogRecord | undefined>();
  const follower = await log.follow({
    topic,
    partitions: [partition],
    from: { offsets: new Map([[partition, offset]]) },
    onRecords: (_partition, [first]) => {
      if (first !== undefined) found.resolve(first.offset === offset ? first : undefined);
    },
  });
  const timer = setTimeout(() => found.resolve(undefined), readWithinMs);
  try {
    return await Promise.race([found.promise, follower.failed]);
  } finally {
    clearTimeout(timer);
    await follower.stop();
  }
}
