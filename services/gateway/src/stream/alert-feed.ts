import { type Alert, alertsTopic, type Decoded, isResonantError, ResonantError } from '@resonant/contracts';
import { type Admin, decoderFor, type Follower, type Log, type LogRecord } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import { alertJson } from '../alerts/alert-json.ts';
import type { AlertArchive } from './archive.ts';
import { logIdOf, type Positions } from './cursor.ts';
import { type FeedEntry, HotRing } from './hot-ring.ts';

/** First and next offset that the log holds of each partition. */
export interface KeptRange {
  readonly earliest: Positions;
  readonly latest: Positions;
}

/** Who takes entries of an older stretch. `positions` is its own and moves on with what it takes. */
export interface Taker {
  readonly positions: number[];
  /** Resolves with true when an entry can be taken, false when none is wanted any more. */
  room(): Promise<boolean>;
  /** Takes one entry at once and sets its position behind it. */
  take(entry: FeedEntry): void;
}

/** Every transition of every alert as it is stored: the newest in memory, older ones read again from the log or, if they are gone there, from history. */
export interface AlertFeed {
  readonly ring: HotRing;
  /** Which log this is; stands in every cursor. */
  readonly logId: string;
  /** Calls back after each append; returns how to end that. */
  onAppend(listener: () => void): () => void;
  range(): Promise<KeptRange>;
  /** True if what Kafka no longer keeps behind these positions stands in history without a hole. */
  isArchived(positions: Positions): Promise<boolean>;
  /** Positions of the first records stored at or after an instant (epoch ms). */
  since(instant: number): Promise<Positions>;
  /**
   * Hands over stored entries from `taker.positions` on until the ring covers them; what follows is in the ring. Nothing
   * is left out or given twice. Ends early when the taker wants no more. Goes on by itself when the log was away;
   * rejects with `offset-out-of-range` when what comes next is no longer kept.
   */
  catchUp(taker: Taker): Promise<void>;
}

/** Every default of the feed: bytes of the ring, transitions read at the start, catch-ups at once, wait after a failure. */
const defaults = { ringBytes: 32 << 20, startRecords: 200_000, parallelCatchUps: 16, retryMs: 1_000 };

export interface AlertFeedOptions {
  readonly log: Log;
  readonly logger: Logger;
  readonly now: () => number;
  /** Is given each transition, also those that stood in the log at the start. */
  readonly onAlert: (alert: Alert) => void;
  /** What Kafka no longer keeps; default: nothing. */
  readonly archive?: AlertArchive | undefined;
  readonly ringBytes?: number;
  /** At the start at most this many records are read, the newest of each partition. */
  readonly startRecords?: number;
}

/** One `read_committed` follower of `resonant.alerts.v1` for all connections. Starts when it has caught up. */
export const alertFeed = (options: AlertFeedOptions): Component<AlertFeed> => ({
  name: 'alert-feed',
  start: async () => {
    const { log, startRecords = defaults.startRecords } = options;
    const admin = await log.admin();
    const { earliest, latest } = await rangeOf(admin);
    const share = Math.ceil(startRecords / Math.max(1, latest.length));
    const starts = latest.map((end, partition) => Math.max(earliest[partition] ?? 0, end - share));
    const logId = logIdOf(await admin.clusterId());
    const feed = new LogFeed(options, admin, logId, new HotRing(starts, options.ringBytes ?? defaults.ringBytes));
    const follower = await feed.follow();
    await follower.caughtUp;
    return {
      value: feed,
      failed: follower.failed,
      stop: async () => {
        await follower.stop();
        await admin.close();
      },
    };
  },
});

async function rangeOf(admin: Admin): Promise<KeptRange> {
  const ranges = (await admin.offsets(alertsTopic)).toSorted((a, b) => a.partition - b.partition);
  return { earliest: ranges.map(({ earliest }) => earliest), latest: ranges.map(({ latest }) => latest) };
}

class LogFeed implements AlertFeed {
  readonly ring: HotRing;
  readonly logId: string;
  readonly #options: AlertFeedOptions;
  readonly #admin: Admin;
  readonly #listeners = new Set<() => void>();
  #free = defaults.parallelCatchUps;
  readonly #queue: (() => void)[] = [];

  constructor(options: AlertFeedOptions, admin: Admin, logId: string, ring: HotRing) {
    this.#options = options;
    this.#admin = admin;
    this.ring = ring;
    this.logId = logId;
  }

  follow(): Promise<Follower> {
    return this.#options.log.follow({
      topic: alertsTopic,
      from: { offsets: new Map(this.ring.next.entries()) },
      onRecords: async (partition, records, nextOffset) => {
        const entries = await this.#entriesOf(records);
        for (const { alert } of entries) this.#options.onAlert(alert);
        this.ring.append(partition, entries, nextOffset);
        for (const listener of this.#listeners) listener();
      },
    });
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  range(): Promise<KeptRange> {
    return rangeOf(this.#admin);
  }

  async since(instant: number): Promise<Positions> {
    const offsets = await this.#admin.offsetsSince(alertsTopic, instant);
    const positions = offsets.toSorted((a, b) => a.partition - b.partition).map(({ offset }) => offset);
    const { archive } = this.#options;
    if (archive === undefined) return positions;
    const { earliest } = await this.range();
    return Promise.all(
      positions.map(async (position, partition) => {
        const kept = earliest[partition] ?? 0;
        if (kept === 0 || position > kept) return position;
        const older = await archive.since(partition, instant, kept);
        return older < kept && (await archive.covers(partition, older, kept)) ? older : position;
      }),
    );
  }

  async isArchived(positions: Positions): Promise<boolean> {
    const { archive } = this.#options;
    const { earliest } = await this.range();
    for (const [partition, position] of positions.entries()) {
      const kept = earliest[partition] ?? 0;
      if (position < kept && !(await archive?.covers(partition, position, kept))) return false;
    }
    return true;
  }

  /** Hands over what Kafka no longer keeps. False if the taker wants no more; rejects with `offset-out-of-range` if history lacks it. */
  async #fromArchive(taker: Taker): Promise<boolean> {
    const { archive, now } = this.#options;
    const { earliest } = await this.range();
    const { positions } = taker;
    for (const [partition, kept] of earliest.entries()) {
      const from = positions[partition] ?? 0;
      if (from >= kept) continue;
      if (archive === undefined || !(await archive.covers(partition, from, kept))) {
        throw new ResonantError(
          'offset-out-of-range',
          `offset ${from} of ${alertsTopic}/${partition} is kept neither in the log, which begins at ${kept}, nor in history`,
        );
      }
      for await (const { offset, alert } of archive.read(partition, from, kept)) {
        if (!(await taker.room())) return false;
        taker.take({ partition, offset, alert, json: JSON.stringify(alertJson(alert)), arrivedAt: now() });
      }
      positions[partition] = Math.max(positions[partition] ?? 0, kept);
    }
    return true;
  }

  async catchUp(taker: Taker): Promise<void> {
    if (this.ring.covers(taker.positions)) return;
    if (this.#free === 0) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#free -= 1;
    try {
      while (!(await this.#catchUpOnce(taker))) {
        await new Promise((resolve) => setTimeout(resolve, defaults.retryMs));
        if (!(await taker.room())) return;
      }
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  /** False if the log failed on the way: `taker.positions` say how far it got. */
  async #catchUpOnce(taker: Taker): Promise<boolean> {
    const { positions } = taker;
    const readBefore = [...this.ring.next];
    const done = Promise.withResolvers<void>();
    let over = false;
    const end = () => {
      over = true;
      done.resolve();
    };
    const onRecords = async (partition: number, records: readonly LogRecord[], nextOffset: number) => {
      if (over) return;
      for (const entry of await this.#entriesOf(records)) {
        if (entry.offset < (positions[partition] ?? 0)) continue;
        const wanted = await taker.room();
        // Another partition may have ended the catch-up meanwhile: then this entry comes from the ring.
        if (over) return;
        if (!wanted) return end();
        taker.take(entry);
      }
      if (over) return;
      positions[partition] = Math.max(positions[partition] ?? 0, nextOffset);
      if (this.ring.covers(positions)) end();
    };
    let follower: Follower | undefined;
    try {
      if (!(await this.#fromArchive(taker)) || this.ring.covers(positions)) return true;
      follower = await this.#options.log.follow({
        topic: alertsTopic,
        from: { offsets: new Map(positions.entries()) },
        onRecords,
      });
      const caughtUp = follower.caughtUp.then(() => {
        // Where nothing but control records stood behind a position, no record moves it.
        for (const [partition, read] of readBefore.entries()) {
          if (!over) positions[partition] = Math.max(positions[partition] ?? 0, read);
        }
        return this.ring.covers(positions) ? end() : done.promise;
      });
      await Promise.race([done.promise, caughtUp.then(() => done.promise), follower.failed]);
      return true;
    } catch (error) {
      over = true;
      if (isResonantError(error, 'offset-out-of-range')) throw error;
      this.#options.logger.warn({ err: error }, 'catching up failed, trying again');
      return false;
    } finally {
      over = true;
      await follower?.stop().catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'a follower did not stop cleanly');
      });
    }
  }

  async #entriesOf(records: readonly LogRecord[]): Promise<readonly FeedEntry[]> {
    const decoder = decoderFor(this.#options.log);
    await decoder.prepare(records.map(({ value }) => value));
    const arrivedAt = this.#options.now();
    return records.flatMap((record): FeedEntry[] => {
      const decoded = record.value === null ? undefined : this.#decoded(record.value, record);
      if (decoded?.type !== 'Alert') return [];
      const { partition, offset } = record;
      const alert = decoded.value;
      return [{ partition, offset, alert, json: JSON.stringify(alertJson(alert)), arrivedAt }];
    });
  }

  #decoded(value: Buffer, { topic, partition, offset }: LogRecord): Decoded | undefined {
    try {
      return decoderFor(this.#options.log).decode(value);
    } catch (error) {
      if (!isResonantError(error, 'undecodable-record')) throw error;
      this.#options.logger.error({ err: error, topic, partition, offset }, 'left out what cannot be decoded');
      return undefined;
    }
  }
}
