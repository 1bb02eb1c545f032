import type { Position } from '@resonant/contracts';
import type { Admin, Log, OffsetRange, TopicPartition } from '@resonant/kafka';
import { type Clock, pause } from './clock.ts';
import { followPositions, positionKey } from './positions.ts';
import { readRange } from './read-range.ts';

/** Touchpoints may take so long to become signals before time waits for them. */
const patienceMs = 5000;
const lookEveryMs = 1000;

/** The oldest touchpoint of a partition that is not yet signals. */
export interface WaitingTouchpoint extends TopicPartition {
  readonly offset: number;
  /** Epoch ms. */
  readonly arrivedAt: number;
}

/** Knows what services/signals has not yet made signals of (runtime.md, "Held time"). */
export interface HeldTime {
  /**
   * When the oldest touchpoint arrived that time waits for at `now`, epoch ms; undefined = none. If the log could not be
   * asked for longer than the patience, what arrived since the last answer counts as waiting.
   */
  oldestArrival(now: number): number | undefined;
  /** That touchpoint; undefined if none is known. */
  waitingFor(now: number): WaitingTouchpoint | undefined;
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

interface Look {
  readonly at: number;
  readonly latest: number;
}

/**
 * One partition of a touchpoint topic: whether a record waits there, and since when. What arrived since a look that is
 * younger than the patience cannot be too old, so that its record need not be read.
 */
class TouchpointPartition {
  readonly #at: TopicPartition;
  #looks: Look[] = [];
  waiting: WaitingTouchpoint | undefined;

  constructor(at: TopicPartition) {
    this.#at = at;
  }

  /** Compares the log with the published position; `arrivalOf` reads when the first record of a range was appended. */
  async look(
    range: OffsetRange,
    position: Position | undefined,
    now: number,
    arrivalOf: (range: { readonly from: number; readonly to: number }) => Promise<number | undefined>,
  ): Promise<void> {
    const { earliest, latest } = range;
    this.#looks = [...this.#looks.filter(({ at }) => at >= now - patienceMs && at <= now), { at: now, latest }];
    // a position behind the end is one of a topic that was made anew
    const passed = position === undefined || position.offset > latest ? 0 : position.offset;
    const offset = Math.max(passed, earliest);
    const isNew = this.#looks.some((look) => look.latest <= offset);
    if (offset >= latest || isNew) this.waiting = undefined;
    else if (position?.offset === offset && position.oldestWaitingAt !== null) {
      this.waiting = { ...this.#at, offset, arrivedAt: position.oldestWaitingAt };
    } else if (this.waiting?.offset !== offset) {
      const arrivedAt = await arrivalOf({ from: offset, to: latest });
      this.waiting = arrivedAt === undefined ? undefined : { ...this.#at, offset, arrivedAt };
    }
  }
}

/**
 * Follows what services/signals publishes of its positions, and looks every second at the ends of the touchpoint topics,
 * so that it also notices when nothing is published any more. Resolves after the first look.
 */
export async function followHeldTime(options: {
  readonly log: Log;
  readonly admin: Admin;
  /** Topics whose records become signals. */
  readonly topics: readonly string[];
  readonly clock: Clock;
  /** A look failed; the next comes in a second. */
  readonly failed: (error: Error) => void;
}): Promise<HeldTime> {
  const { log, admin, topics, clock } = options;
  const published = await followPositions(log);
  const partitions = new Map<string, TouchpointPartition>();
  const stopped = new AbortController();
  let lookedAt = 0;

  const look = async (): Promise<void> => {
    const now = clock.now();
    for (const topic of topics) {
      // From before the ends are asked for: a position published meanwhile would seem to lie behind them.
      const positions = new Map(published.positions);
      for (const range of await admin.offsets(topic)) {
        const at = { topic, partition: range.partition };
        const key = positionKey(at);
        const partition = partitions.get(key) ?? new TouchpointPartition(at);
        partitions.set(key, partition);
        const arrivalOf = (span: { readonly from: number; readonly to: number }) =>
          firstArrival(log, at, span, stopped.signal);
        await partition.look(range, positions.get(key), now, arrivalOf);
      }
    }
    lookedAt = now;
  };
  const lookOn = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await pause(clock, lookEveryMs, stopped.signal);
      if (!stopped.signal.aborted) await look().catch((error: unknown) => options.failed(error as Error));
    }
  };
  const waitingFor = (now: number): WaitingTouchpoint | undefined => {
    let oldest: WaitingTouchpoint | undefined;
    for (const { waiting } of partitions.values()) {
      if (waiting === undefined || waiting.arrivedAt > now - patienceMs) continue;
      if (oldest === undefined || waiting.arrivedAt < oldest.arrivedAt) oldest = waiting;
    }
    return oldest;
  };

  try {
    await look();
  } catch (error) {
    await published.stop();
    throw error;
  }
  const looking = lookOn();
  return {
    oldestArrival: (now) => {
      const known = waitingFor(now)?.arrivedAt;
      const blindMs = clock.now() - lookedAt;
      return blindMs <= patienceMs ? known : Math.min(now - blindMs, known ?? now);
    },
    waitingFor,
    failed: published.failed,
    stop: async () => {
      stopped.abort();
      await looking;
      await published.stop();
    },
  };
}

/** When the first committed record of a range was appended; undefined if there is none. */
async function firstArrival(
  log: Log,
  at: TopicPartition,
  range: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<number | undefined> {
  const found = new AbortController();
  let arrivedAt: number | undefined;
  await readRange(log, at, range, AbortSignal.any([signal, found.signal]), async ([first]) => {
    if (first === undefined || arrivedAt !== undefined) return;
    arrivedAt = first.timestamp;
    found.abort();
  });
  return arrivedAt;
}
