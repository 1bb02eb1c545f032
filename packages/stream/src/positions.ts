import { eventHeaders, type Position, positionsTopic } from '@resonant/contracts';
import { encoderFor, followTable, type KnownReach, type Log, type TopicPartition } from '@resonant/kafka';
import { type Clock, systemClock } from './clock.ts';
import type { RunningTasks } from './run-tasks.ts';

const everyMs = 1000;
const defaultLookEveryMs = 25;

/** Consumer group of services/signals, whose positions these are. */
export const signalsGroup = 'resonant-signals';

/** Key of a partition in `resonant.positions.v1`. */
export const positionKey = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`;

/**
 * Publishes how far tasks are: every second, and at once when a task has worked off what it had. A publication that
 * fails is made up for by the next; `failed` hears of it.
 */
export async function publishPositions(options: {
  readonly log: Log;
  readonly tasks: RunningTasks;
  /** URI reference of the service, e.g. `/services/signals`. */
  readonly source: string;
  readonly clock?: Clock;
  /** How often the tasks are looked at, in ms; default 25. */
  readonly lookEveryMs?: number;
  readonly failed?: (error: Error) => void;
}): Promise<{ stop(): Promise<void> }> {
  const { log, tasks, source, clock = systemClock, failed = () => undefined } = options;
  const { lookEveryMs = defaultLookEveryMs } = options;
  const encode = await encoderFor(log, positionsTopic, 'Position');
  const producer = await log.producer();
  const published = new Map<string, Position>();

  const isDue = (position: Position, now: number): boolean => {
    const last = published.get(positionKey(position));
    if (last === undefined || now - last.publishedAt >= everyMs) return true;
    return position.oldestWaitingAt === null && position.offset !== last.offset;
  };
  const publish = async (): Promise<void> => {
    const now = clock.now();
    const due = tasks
      .status()
      .filter((task) => task.state === 'running')
      .map(({ topic, partition, committed, passed, oldestWaitingAt }): Position => {
        // A position without a committed offset means that the offset was lost (`reachOf`), so that one comes first.
        return { topic, partition, offset: committed === 0 ? 0 : passed, oldestWaitingAt, publishedAt: now };
      })
      .filter((position) => isDue(position, now));
    if (due.length === 0) return;
    await producer.sendAll(
      due.map((position) => ({
        topic: positionsTopic,
        key: positionKey(position),
        value: encode(position),
        headers: eventHeaders({
          id: `${positionKey(position)}@${position.offset}`,
          type: 'position',
          source,
          time: now,
        }),
      })),
    );
    for (const position of due) published.set(positionKey(position), position);
  };

  let isStopped = false;
  let cancel = () => {};
  let publishing = Promise.resolve();
  const look = (): void => {
    publishing = publish()
      .catch((error: unknown) => failed(error as Error))
      .then(() => {
        if (!isStopped) cancel = clock.after(lookEveryMs, look);
      });
  };
  look();
  return {
    stop: async () => {
      isStopped = true;
      cancel();
      await publishing;
      await producer.close();
    },
  };
}

/** The latest published positions by `positionKey`. */
export async function followPositions(log: Log): Promise<{
  readonly positions: ReadonlyMap<string, Position>;
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}> {
  const positions = new Map<string, Position>();
  const follower = await followTable(log, positionsTopic, {
    put: (key, decoded) => {
      if (decoded.type === 'Position') positions.set(key, decoded.value);
    },
    remove: (key) => positions.delete(key),
    undecodable: () => undefined,
  });
  await follower.caughtUp;
  return { positions, failed: follower.failed, stop: () => follower.stop() };
}

/**
 * How far a group is known to have worked off its partitions besides its committed offsets: what services/signals has
 * published of itself, nothing for other groups. A published position is never ahead of what is durable, and behind it
 * by what the last second did.
 */
export async function reachOf(log: Log, group: string): Promise<KnownReach> {
  if (group !== signalsGroup) return () => undefined;
  const { positions, stop } = await followPositions(log);
  await stop();
  return (at) => positions.get(positionKey(at))?.offset;
}
