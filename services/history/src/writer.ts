import {
  Budget,
  defaultLimits,
  type HistoryStore,
  hostClock,
  intakeEncoder,
  keptTopics,
  rowsOf,
  type StreamContext,
  type StreamStatus,
  StreamWriter,
  type TopicRows,
  type WriterClock,
  type WriterLimits,
  type WriterObserver,
} from '@resonant/clickhouse';
import { topics as catalogue } from '@resonant/contracts';
import { type Admin, decoderFor, type GroupMember, type Log, type TopicPartition } from '@resonant/kafka';
import { letterBox } from './dead-letters.ts';
import { positionsOf } from './positions.ts';

/** How long the ranges in hand may take to be stored when the process ends, in ms. */
const drainWithinMs = 10_000;

export interface WriterOptions {
  readonly log: Log;
  readonly store: HistoryStore;
  readonly group: string;
  /** Default: every topic that history keeps. */
  readonly topics?: readonly string[];
  readonly limits: Pick<WriterLimits, 'batch' | 'bufferBytes'> & Partial<WriterLimits>;
  /** What may be read and not yet stored, of all partitions together. */
  readonly memoryBytes: number;
  /** By topic: how often it was made anew on purpose. */
  readonly epochs?: ReadonlyMap<string, number>;
  readonly observer?: WriterObserver;
  readonly clock?: WriterClock;
  readonly instanceId?: string | undefined;
  readonly sessionTimeoutMs?: number;
}

/** The partitions of one process, each with its writer. */
export interface HistoryWriter {
  readonly topics: readonly string[];
  /** Rejects when the group member cannot go on: the process should exit. */
  readonly failed: Promise<never>;
  streams(): readonly StreamStatus[];
  /** Stores what is in hand, within a bound, and leaves the group. */
  stop(): Promise<void>;
}

/** Joins the group and writes every partition that it is given into the store, each at its own pace. */
export async function startWriter(options: WriterOptions): Promise<HistoryWriter> {
  const { log, group, topics = keptTopics, clock = hostClock } = options;
  const admin = await log.admin();
  const letters = await letterBox(log, () => clock.now());
  const joined = Promise.withResolvers<GroupMember>();
  joined.promise.catch(() => undefined);
  const contexts = contextsOf(options, { admin, letters, clock, member: joined.promise });
  const writers = new Map<string, StreamWriter>();
  const close = async (): Promise<void> => {
    await letters.close();
    await admin.close();
  };
  let member: GroupMember;
  try {
    member = await log.join({
      group,
      topics,
      instanceId: options.instanceId,
      ...(options.sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs: options.sessionTimeoutMs }),
      handler: {
        assigned: ({ topic, partition }) => {
          const writer = new StreamWriter(contexts(topic), { topic, partition });
          writers.set(nameOf(writer.stream), writer);
          return writer.assigned();
        },
        records: async (at, records, nextOffset) => writers.get(nameOf(at))?.records(records, nextOffset),
        lost: (at) => {
          writers.get(nameOf(at))?.lost();
          writers.delete(nameOf(at));
        },
      },
    });
  } catch (error) {
    await close();
    throw error;
  }
  joined.resolve(member);
  return {
    topics,
    failed: member.failed,
    streams: () => [...writers.values()].map((writer) => writer.status()).toSorted(byName),
    stop: async () => {
      const drained = Promise.all([...writers.values()].map((writer) => writer.drain()));
      const late = Promise.withResolvers<void>();
      const cancel = clock.after(drainWithinMs, late.resolve);
      await Promise.race([drained, late.promise]);
      cancel();
      await member.leave();
      await close();
    },
  };
}

interface Tools {
  readonly admin: Admin;
  readonly letters: StreamContext['deadLetters'];
  readonly clock: WriterClock;
  readonly member: Promise<GroupMember>;
}

function contextsOf(
  options: WriterOptions,
  { admin, letters, clock, member }: Tools,
): (topic: string) => StreamContext {
  const decoder = decoderFor(options.log);
  const shared = {
    store: options.store,
    decoder,
    deadLetters: letters,
    budget: new Budget(options.memoryBytes),
    clock,
    limits: { ...defaultLimits, ...options.limits },
    observer: options.observer ?? {},
    positions: positionsOf(admin, options.group, member),
    restart: (at: TopicPartition) => void member.then((joined) => joined.restart(at)),
  };
  const decode = (value: Uint8Array) => decoder.decode(value);
  return (topic) => {
    const rows = rowsOf(topic) as TopicRows;
    return {
      ...shared,
      maker: { rows, encoder: intakeEncoder(rows.table), decode },
      isCompacted: catalogue.some(({ name, cleanup }) => name === topic && cleanup === 'compact'),
      leastEpoch: options.epochs?.get(topic) ?? 0,
    };
  };
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

const byName = (a: TopicPartition, b: TopicPartition): number =>
  a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition;
