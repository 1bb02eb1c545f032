import { type Alert, alertsTopic, topics } from '@resonant/contracts';
import { encoderFor, type MemoryLog, memoryLog } from '@resonant/kafka';
import { createLogger, makeKey, type Principal } from '@resonant/service';
import { KeyTable } from '../../src/access/key-table.ts';
import { MemoryKeep } from '../../src/access/tickets.ts';
import { Acknowledger } from '../../src/alerts/acknowledger.ts';
import { AlertIndex } from '../../src/alerts/alert-index.ts';
import { type AlertFeed, alertFeed } from '../../src/stream/alert-feed.ts';
import { Connection, type StreamContext, type StreamSocket } from '../../src/stream/connection.ts';
import { Encoders } from '../../src/writing/encoders.ts';
import { alertIdOf, alertOf } from './alerts.ts';
import type { Frame } from './stream-client.ts';

/** A socket that keeps what it is given; `stalled` lets go of nothing until `flush`. */
export class FakeSocket implements StreamSocket {
  readonly frames: Frame[] = [];
  closed: number | undefined;
  pings = 0;
  stalled = false;
  #held: (() => void)[] = [];

  send(text: string, sent: () => void): void {
    this.frames.push(JSON.parse(text) as Frame);
    if (this.stalled) this.#held.push(sent);
    else setImmediate(sent);
  }

  close(code: number): void {
    this.closed = code;
  }

  ping(): void {
    this.pings += 1;
  }

  flush(): void {
    this.stalled = false;
    for (const sent of this.#held.splice(0)) sent();
  }

  ofType(type: string): readonly Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  alertIds(): readonly string[] {
    return this.ofType('alert').map(({ alert }) => alert.alertId);
  }

  async until(holds: () => boolean, withinMs = 5_000): Promise<void> {
    const end = performance.now() + withinMs;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`not in time; ${this.frames.length} frames, closed ${this.closed}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

/** A feed and connections over the log in memory, with a clock that the test moves. */
export class MemoryStream {
  readonly log: MemoryLog;
  readonly context: StreamContext;
  readonly principal: Principal;
  readonly #clock: { now: number };
  readonly #stop: () => Promise<void>;
  #offset = 0;

  private constructor(
    log: MemoryLog,
    context: StreamContext,
    principal: Principal,
    clock: { now: number },
    stop: () => Promise<void>,
  ) {
    this.log = log;
    this.context = context;
    this.principal = principal;
    this.#clock = clock;
    this.#stop = stop;
  }

  static async open(
    options: { readonly ringBytes?: number; readonly before?: number; readonly expiresInMs?: number } = {},
  ): Promise<MemoryStream> {
    const log = memoryLog();
    await (await log.admin()).ensureTopics(topics, 2);
    await append(log, 0, options.before ?? 0);
    const clock = { now: Date.parse('2026-03-02T01:00:00Z') };
    const now = () => clock.now;
    const index = new AlertIndex(100_000);
    const logger = createLogger('test', 'silent');
    const { ringBytes } = options;
    const feed = await alertFeed({
      log,
      logger,
      now,
      onAlert: (alert) => index.put(alert),
      ...(ringBytes === undefined ? {} : { ringBytes }),
    }).start();
    const keys = new KeyTable();
    const { record } = makeKey({
      name: 'test',
      scopes: ['admin'],
      expiresAt: options.expiresInMs === undefined ? null : clock.now + options.expiresInMs,
      now: clock.now,
      randomBytes: (size) => Buffer.alloc(size, 7),
    });
    keys.put(record);
    const context: StreamContext = {
      feed: feed.value,
      index,
      keys,
      keep: new MemoryKeep(now),
      acknowledger: new Acknowledger(new Encoders(log), await log.producer(), () => clock.now),
      placementOf: () => ({ teams: [], regions: [] }),
      logger,
      now,
    };
    const principal = keys.principal(record.keyId, clock.now);
    const stream = new MemoryStream(log, context, principal, clock, async () => {
      await feed.stop?.();
      await log.close();
    });
    stream.#offset = options.before ?? 0;
    return stream;
  }

  get feed(): AlertFeed {
    return this.context.feed;
  }

  /** Lets what was sent leave the sockets that are not stalled, then moves the clock. */
  async pass(ms: number): Promise<void> {
    // Immediates run in the order they were asked for, and a socket lets go in one; a timer may well come before it.
    await new Promise((resolve) => setImmediate(resolve));
    this.#clock.now += ms;
  }

  connect(changes: Partial<StreamContext> = {}): { readonly socket: FakeSocket; readonly connection: Connection } {
    const socket = new FakeSocket();
    const connection = new Connection('c-1', socket, this.principal, { ...this.context, ...changes });
    return { socket, connection };
  }

  /** Stores the next alerts, numbered in their ids, by turns in both partitions; resolves when the ring has them. */
  async store(count: number, changes: Partial<Alert> = {}): Promise<void> {
    await append(this.log, this.#offset, count, changes);
    this.#offset += count;
    const ends = (await this.feed.range()).latest;
    while (ends.some((end, partition) => (this.feed.ring.next[partition] ?? 0) < end)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  close(): Promise<void> {
    return this.#stop();
  }
}

export const numberedIds = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, n) => alertIdOf(String(from + n))).sort();

async function append(log: MemoryLog, from: number, count: number, changes: Partial<Alert> = {}): Promise<void> {
  const encode = await encoderFor(log, alertsTopic, 'Alert');
  const producer = await log.producer();
  await producer.sendAll(
    Array.from({ length: count }, (_, n) => ({
      topic: alertsTopic,
      partition: (from + n) % 2,
      key: 'acme',
      value: encode(alertOf({ alertId: alertIdOf(String(from + n)), ...changes })),
    })),
  );
  await producer.close();
}
