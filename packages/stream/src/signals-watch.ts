import { isResonantError, type Keyspace, signalsTopic } from '@resonant/contracts';
import { decoderFor, type Follower, type Log, type LogRecord, type TopicPartition } from '@resonant/kafka';
import type { KnownChange } from './rule-changes.ts';

/** What one partition of a signals topic holds. */
export interface WatchedPartition extends TopicPartition {
  readonly keyspace: Keyspace;
  /** Latest change by rule id. */
  readonly rules: ReadonlyMap<string, KnownChange>;
  /** Largest tick, epoch ms; −∞ before the first. */
  readonly lastTickAt: number;
  /** Offset of the first tick that reaches `at`; undefined if none does yet. */
  tickReaching(at: number): number | undefined;
}

/** Follows the signals topics for the rules and ticks that stand in them. */
export interface SignalsWatch {
  readonly partitions: readonly WatchedPartition[];
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

class Watched implements WatchedPartition {
  readonly keyspace: Keyspace;
  readonly topic: string;
  readonly partition: number;
  readonly rules = new Map<string, KnownChange>();
  /** Increasing in both. */
  readonly #ticks: { readonly at: number; readonly offset: number }[] = [];

  constructor(keyspace: Keyspace, partition: number) {
    this.keyspace = keyspace;
    this.topic = signalsTopic(keyspace);
    this.partition = partition;
  }

  get lastTickAt(): number {
    return this.#ticks.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  }

  tickReaching(at: number): number | undefined {
    let tick: number | undefined;
    for (let index = this.#ticks.length - 1; (this.#ticks[index]?.at ?? Number.NEGATIVE_INFINITY) >= at; index--) {
      tick = this.#ticks[index]?.offset;
    }
    return tick;
  }

  change(change: KnownChange & { readonly ruleId: string }): void {
    if ((this.rules.get(change.ruleId)?.revision ?? -1) < change.revision) this.rules.set(change.ruleId, change);
  }

  tick(at: number, offset: number): void {
    if (at > this.lastTickAt) this.#ticks.push({ at, offset });
  }
}

/** Resolves when everything that stands in the signals topics has been read. */
export async function watchSignals(log: Log, keyspaces: readonly Keyspace[]): Promise<SignalsWatch> {
  const decoder = decoderFor(log);
  const admin = await log.admin();
  const watched: Watched[] = [];
  const followers: Follower[] = [];
  const take = (partition: Watched, record: LogRecord): void => {
    if (record.value === null) return;
    try {
      const decoded = decoder.decode(record.value);
      if (decoded.type === 'Tick') partition.tick(decoded.value.at, record.offset);
      if (decoded.type === 'RuleChange') partition.change(decoded.value);
    } catch (error) {
      if (!isResonantError(error, 'undecodable-record')) throw error;
    }
  };
  for (const keyspace of keyspaces) {
    const count = await admin.partitionCount(signalsTopic(keyspace));
    const own = Array.from({ length: count }, (_, partition) => new Watched(keyspace, partition));
    watched.push(...own);
    const follower = await log.follow({
      topic: signalsTopic(keyspace),
      onRecords: async (partition, records) => {
        await decoder.prepare(records.map((record) => record.value));
        for (const record of records) take(own[partition] as Watched, record);
      },
    });
    followers.push(follower);
  }
  await Promise.all(followers.map((follower) => follower.caughtUp));
  await admin.close();
  return {
    partitions: watched,
    failed: Promise.race(followers.map((follower) => follower.failed)),
    stop: async () => {
      await Promise.all(followers.map((follower) => follower.stop()));
    },
  };
}
