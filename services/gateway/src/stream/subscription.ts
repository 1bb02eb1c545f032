import { setImmediate } from 'node:timers/promises';
import { isResonantError } from '@resonant/contracts';
import type { AlertFeed, Taker } from './alert-feed.ts';
import { encodeCursor, type Positions } from './cursor.ts';
import type { FeedEntry } from './hot-ring.ts';
import type { Outbox } from './outbox.ts';
import { alertFrame } from './server-frames.ts';

/** What a subscription works with. */
export interface SubscriptionOptions {
  readonly id: string;
  readonly consumer: string | undefined;
  /** Where it begins. */
  readonly positions: Positions;
  readonly feed: AlertFeed;
  readonly outbox: Outbox;
  /** True if this alert is wanted and may be seen: asked for each alert when it is sent. */
  readonly wants: (entry: FeedEntry) => boolean;
  /** Called when what comes next is no longer kept; says so to the client and answers where to go on. */
  readonly onGap: (positions: Positions) => Promise<Positions>;
}

/** How far a subscription is behind what is stored. */
export interface Lag {
  readonly behindMs: number;
  readonly queued: number;
}

const entriesPerTurn = 500;

/**
 * One subscription: a place in the log that moves on. It pulls, older stretches from the log and the rest from the ring,
 * and only when the outbox has room, so a slow reader costs no memory but its outbox.
 */
export class Subscription implements Taker {
  readonly id: string;
  readonly consumer: string | undefined;
  readonly positions: number[];
  readonly #options: SubscriptionOptions;
  #sequence = 0;
  #isLive = false;
  #hasKeptUp = false;
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.id = options.id;
    this.consumer = options.consumer;
    this.positions = [...options.positions];
  }

  get cursor(): string {
    return encodeCursor({ log: this.#options.feed.logId, positions: this.positions });
  }

  /** Sends what is stored from its positions on, until `stop`. */
  async run(): Promise<void> {
    const { feed } = this.#options;
    const unlisten = feed.onAppend(() => this.#wake());
    try {
      while (!this.#stopped) {
        await this.#catchUp();
        if (!this.#stopped && feed.ring.covers(this.positions)) await this.#fromRing();
      }
    } finally {
      unlisten();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  /** How far behind it is since it has once kept up; undefined before, since older stretches take their time. */
  lag(now: number): Lag | undefined {
    const { ring } = this.#options.feed;
    const waiting = this.#isLive && this.#hasKeptUp ? ring.at(this.#sequence) : undefined;
    return waiting && { behindMs: now - waiting.arrivedAt, queued: ring.nextSequence - this.#sequence };
  }

  async room(): Promise<boolean> {
    return (await this.#options.outbox.room()) && !this.#stopped;
  }

  take(entry: FeedEntry): void {
    this.positions[entry.partition] = entry.offset + 1;
    if (this.#options.wants(entry)) this.#options.outbox.send(alertFrame(this.id, this.cursor, entry.json));
  }

  async #catchUp(): Promise<void> {
    try {
      await this.#options.feed.catchUp(this);
    } catch (error) {
      if (!isResonantError(error, 'offset-out-of-range')) throw error;
      for (const [partition, position] of (await this.#options.onGap(this.positions)).entries()) {
        this.positions[partition] = position;
      }
    }
  }

  /** Ends when stopped, or when the ring no longer holds what comes next. */
  async #fromRing(): Promise<void> {
    const { ring } = this.#options.feed;
    this.#sequence = ring.firstSequence;
    this.#isLive = true;
    for (let taken = 1; ; taken += 1) {
      if (!(await this.room())) return;
      if (this.#sequence < ring.firstSequence) {
        this.#isLive = false;
        this.#hasKeptUp = false;
        return;
      }
      const entry = ring.at(this.#sequence);
      if (entry === undefined) {
        this.#hasKeptUp = true;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      this.#sequence += 1;
      if (entry.offset >= (this.positions[entry.partition] ?? 0)) this.take(entry);
      if (taken % entriesPerTurn === 0) await setImmediate();
    }
  }
}
