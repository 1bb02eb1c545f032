import {
  keyspaces as allKeyspaces,
  type Keyspace,
  ResonantError,
  sources,
  touchpointsTopic,
} from '@resonant/contracts';
import { type Admin, encoderFor, type Log, type TopicPartition } from '@resonant/kafka';
import { type Clock, pause, systemClock } from './clock.ts';
import { followPositions, positionKey } from './positions.ts';
import { followRules } from './rule-book.ts';
import { missingChanges } from './rule-changes.ts';
import { type WatchedPartition, watchSignals } from './signals-watch.ts';

/** Consumer group of the processor's tasks in a keyspace. */
export const processorGroup = (keyspace: Keyspace): string => `resonant-processor-${keyspace}`;

export interface PlayerOptions {
  readonly log: Log;
  /** Default: all. */
  readonly keyspaces?: readonly Keyspace[];
  /** Topics whose records have to be signals before time goes on; default: every touchpoint topic. */
  readonly touchpointTopics?: readonly string[];
  /** How long one step may take; default 30 s. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/** Moves log time where `RESONANT_CLOCK=log` leaves that to a player: demo, backtest, tests. */
export interface Player {
  /** Resolves when every rule in force stands in every partition of its keyspace: touchpoints may be sent from then on. */
  rulesInPlace(): Promise<void>;
  /**
   * Appends tick `at` (epoch ms) to every partition, after the rules are in place and services/signals has passed every
   * touchpoint that stood in the log at the call. Rejects with `not-ready` that names what is behind.
   */
  advanceTo(at: number): Promise<void>;
  /** Resolves when the processor has committed every partition past its first tick ≥ `at`. */
  waitForTick(at: number): Promise<void>;
  /** Largest tick that stands in every partition, epoch ms; −∞ if one has none. */
  readonly now: number;
  close(): Promise<void>;
}

const pollMs = 10;
const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
const at = (instant: number): string => new Date(instant).toISOString();

/** Opens a player; rejects if the log cannot be reached. */
export async function createPlayer(options: PlayerOptions): Promise<Player> {
  const { log, keyspaces = allKeyspaces, timeoutMs = 30_000, clock = systemClock } = options;
  const touchpointTopics = options.touchpointTopics ?? sources.map(touchpointsTopic);
  const admin = await log.admin();
  const book = await followRules(log);
  const watch = await watchSignals(log, keyspaces);
  const published = await followPositions(log);
  const producer = await log.producer();
  const encoders = new Map<Keyspace, (tick: { readonly at: number }) => Buffer>();
  for (const keyspace of keyspaces) {
    const topic = watch.partitions.find((partition) => partition.keyspace === keyspace)?.topic ?? '';
    encoders.set(keyspace, await encoderFor(log, topic, 'Tick'));
  }

  /** Polls until nothing is behind; `behind` names the first thing that is. */
  const until = async (what: string, behind: () => Promise<string | undefined> | string | undefined): Promise<void> => {
    const deadline = clock.now() + timeoutMs;
    for (;;) {
      const reason = await behind();
      if (reason === undefined) return;
      if (clock.now() >= deadline)
        throw new ResonantError('not-ready', `${what} not within ${timeoutMs} ms: ${reason}`);
      await pause(clock, pollMs);
    }
  };

  const ruleBehind = (): string | undefined => {
    for (const partition of watch.partitions) {
      const missing = missingChanges(partition.keyspace, book.rules, partition.rules)[0];
      if (missing !== undefined) {
        return `rule ${missing.ruleId} of revision ${missing.revision} is not in ${nameOf(partition)}; does services/processor run?`;
      }
    }
    return undefined;
  };
  const rulesInPlace = () => until('rules', ruleBehind);

  const touchpointsPassed = async (): Promise<void> => {
    const ends = (await Promise.all(touchpointTopics.map((topic) => admin.offsets(topic)))).flat();
    await until('signals', () => {
      const behind = ends.find(
        (end) => end.latest > end.earliest && (published.positions.get(positionKey(end))?.offset ?? 0) < end.latest,
      );
      if (behind === undefined) return undefined;
      const offset = published.positions.get(positionKey(behind))?.offset;
      const where = offset === undefined ? 'has published no position' : `is at offset ${offset}`;
      return `services/signals ${where} in ${nameOf(behind)}, which ends at ${behind.latest}`;
    });
  };

  return {
    rulesInPlace,
    advanceTo: async (instant) => {
      const later = watch.partitions.find((partition) => partition.lastTickAt > instant);
      if (later !== undefined) {
        const last = at(later.lastTickAt);
        throw new ResonantError('invalid-request', `${nameOf(later)} is at ${last}, which is after ${at(instant)}`);
      }
      await rulesInPlace();
      await touchpointsPassed();
      await producer.sendAll(
        watch.partitions.map(({ topic, partition, keyspace }) => {
          return { topic, partition, key: null, value: encoders.get(keyspace)?.({ at: instant }) ?? null };
        }),
      );
    },
    waitForTick: (instant) =>
      until(`tick ${at(instant)}`, async () => {
        const waiting = watch.partitions.find((partition) => partition.tickReaching(instant) === undefined);
        if (waiting !== undefined) return `${nameOf(waiting)} has no such tick yet`;
        for (const keyspace of keyspaces) {
          const own = watch.partitions.filter((partition) => partition.keyspace === keyspace);
          const behind = await committedBehind(admin, keyspace, own, instant);
          if (behind !== undefined) return behind;
        }
        return undefined;
      }),
    get now() {
      return Math.min(...watch.partitions.map((partition) => partition.lastTickAt));
    },
    close: async () => {
      await Promise.all([book.stop(), watch.stop(), published.stop(), producer.close()]);
      await admin.close();
    },
  };
}

async function committedBehind(
  admin: Admin,
  keyspace: Keyspace,
  partitions: readonly WatchedPartition[],
  instant: number,
): Promise<string | undefined> {
  const first = partitions[0];
  if (first === undefined) return undefined;
  const committed = await admin.committed(processorGroup(keyspace), first.topic);
  for (const partition of partitions) {
    const offset = committed.find((entry) => entry.partition === partition.partition)?.offset ?? 0;
    const tick = partition.tickReaching(instant) ?? 0;
    if (offset <= tick) {
      return `the processor has committed offset ${offset} of ${nameOf(partition)}, the tick stands at ${tick}`;
    }
  }
  return undefined;
}
