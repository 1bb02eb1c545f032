import { ResonantError } from '@resonant/contracts';
import {
  type Keep,
  type Logger,
  maxFrameBytes,
  type Principal,
  requireScope,
  resonantErrorOf,
} from '@resonant/service';
import type { KeyTable } from '../access/key-table.ts';
import type { Placement } from '../access/placement.ts';
import { maySee } from '../access/placement.ts';
import { type AcknowledgeContext, acknowledgeById, acknowledgedJson } from '../alerts/acknowledge.ts';
import type { AlertFeed } from './alert-feed.ts';
import { type FrameOf, parseClientFrame } from './client-frames.ts';
import { type CloseCode, closeCodes } from './close-codes.ts';
import { type ConnectionLimits, connectionDefaults } from './connection-limits.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { compileFilter } from './filter.ts';
import { Heartbeat } from './heartbeat.ts';
import { Outbox, type OutboxLimits, type OutSocket, outboxLimits } from './outbox.ts';
import { RateLimit } from './rate-limit.ts';
import { beginningOf } from './resume.ts';
import { errorFrame, frameText, protocol, type ServerFrame } from './server-frames.ts';
import { parseStart, type Start } from './start.ts';
import { Subscription } from './subscription.ts';

/** A websocket as a connection needs it. */
export interface StreamSocket extends OutSocket {
  close(code: number, reason: string): void;
  /** A ping of the websocket protocol, which any client answers by itself once it has read what came before. */
  ping(): void;
}

/** What all connections share. */
export interface StreamContext extends AcknowledgeContext {
  readonly feed: AlertFeed;
  readonly keys: KeyTable;
  readonly keep: Keep;
  readonly logger: Logger;
  readonly now: () => number;
  readonly limits?: Partial<ConnectionLimits>;
  readonly buffer?: OutboxLimits;
}

/** One websocket of an authenticated client: its frames in, its subscriptions out. */
export class Connection {
  readonly id: string;
  readonly #socket: StreamSocket;
  readonly #context: StreamContext;
  readonly #limits: ConnectionLimits;
  readonly #outbox: Outbox;
  readonly #rate: RateLimit;
  readonly #subscriptions = new Map<string, Subscription>();
  #principal: Principal;
  #frames: Promise<void> = Promise.resolve();
  #waitingFrames = 0;
  #refusedFrames = 0;
  readonly #heartbeat: Heartbeat;
  #warnedOf: number | undefined;
  #closed = false;

  constructor(id: string, socket: StreamSocket, principal: Principal, context: StreamContext) {
    this.id = id;
    this.#socket = socket;
    this.#principal = principal;
    this.#context = context;
    this.#limits = { ...connectionDefaults, ...context.limits };
    const buffer = context.buffer ?? outboxLimits;
    this.#outbox = new Outbox(socket, context.now, buffer);
    this.#heartbeat = new Heartbeat(this.#limits, context.now());
    this.#rate = new RateLimit(this.#limits.framesPerSecond, this.#limits.frameBurst, context.now());
    this.#send({
      type: 'welcome',
      protocol,
      connectionId: id,
      limits: {
        maxFrameBytes,
        maxSubscriptions: this.#limits.maxSubscriptions,
        framesPerSecond: this.#limits.framesPerSecond,
        bufferBytes: buffer.bytes,
        bufferMs: buffer.ms,
      },
      pingIntervalMs: this.#limits.pingIntervalMs,
      authExpiresAt: this.#authExpiresAt(),
    });
  }

  /** A frame of the client. Frames are taken in their order, also those that come while an earlier one is worked on. */
  receive(data: string | undefined): void {
    if (this.#closed) return;
    if (!this.#rate.take(this.#context.now()) || this.#waitingFrames >= this.#limits.maxWaitingFrames) {
      this.#refusedFrames += 1;
      this.#fail(new ResonantError('rate-limited', `expected at most ${this.#limits.framesPerSecond} frames/s`));
      if (this.#refusedFrames > this.#limits.maxRefusedFrames) this.close('rateLimited', 'too many frames');
      return;
    }
    this.#waitingFrames += 1;
    this.#frames = this.#frames
      .then(() => this.#handle(data))
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#waitingFrames -= 1;
      });
  }

  /** The client answered a ping, by a frame or by the websocket protocol. */
  ponged(): void {
    this.#heartbeat.answered();
  }

  /** To be called about once a second: pings, expiry of the key, lag, slow readers. */
  tick(): void {
    if (this.#closed) return;
    const now = this.#context.now();
    const lags = [...this.#subscriptions.values()].map(
      (subscription) => [subscription, subscription.lag(now)] as const,
    );
    const bufferMs = (this.#context.buffer ?? outboxLimits).ms;
    const isLate = lags.some(([, lag]) => (lag?.behindMs ?? 0) > bufferMs);
    if (isLate || this.#outbox.isOverrun || this.#heartbeat.isMissing(now)) {
      this.close('slowConsumer', 'reads too slowly; resume from the last cursor');
      return;
    }
    if (!this.#checkKey(now)) return;
    for (const [{ id }, lag] of lags) {
      if (lag !== undefined && lag.behindMs > this.#limits.lagMs) this.#send({ type: 'lagging', id, ...lag });
    }
    if (this.#heartbeat.isDue(now)) {
      this.#heartbeat.sent(now);
      this.#send({ type: 'ping', at: new Date(now).toISOString() });
      this.#socket.ping();
    }
  }

  /** Tells the client to come back, then closes with 4200. */
  drain(reconnectInMs: number): void {
    this.#send({ type: 'draining', reconnectInMs });
    this.close('draining', 'the gateway is shutting down');
  }

  close(code: keyof typeof closeCodes, reason: string): void {
    if (this.#closed) return;
    const number: CloseCode = closeCodes[code];
    this.#context.logger.info({ connectionId: this.id, code: number, reason }, 'closing a stream');
    this.#socket.close(number, reason);
    this.ended();
  }

  /** The socket is gone, or is being closed: nothing is sent any more. */
  ended(): void {
    this.#closed = true;
    this.#outbox.close();
    for (const subscription of this.#subscriptions.values()) subscription.stop();
    this.#subscriptions.clear();
  }

  async #handle(data: string | undefined): Promise<void> {
    if (this.#closed) return;
    if (data === undefined) throw new ResonantError('malformed-body', 'expected a text frame, got a binary one');
    const frame = parseClientFrame(data);
    try {
      switch (frame.type) {
        case 'subscribe':
          return await this.#subscribe(frame);
        case 'unsubscribe':
          this.#subscription(frame.id).stop();
          this.#subscriptions.delete(frame.id);
          return this.#send({ type: 'unsubscribed', id: frame.id });
        case 'ack':
          return await this.#ack(frame);
        case 'acknowledge':
          return await this.#acknowledge(frame);
        case 'auth':
          return this.#authenticate(frame.token);
        case 'pong':
          return this.ponged();
      }
    } catch (error) {
      this.#fail(error, 'id' in frame ? (frame.id ?? null) : null);
    }
  }

  async #subscribe({ id, filter, from, consumer }: FrameOf<'subscribe'>): Promise<void> {
    const { feed, now } = this.#context;
    if (this.#subscriptions.has(id)) throw new ResonantError('invalid-request', `id: ${id} is subscribed already`);
    if (this.#subscriptions.size >= this.#limits.maxSubscriptions) {
      throw new ResonantError('invalid-request', `expected at most ${this.#limits.maxSubscriptions} subscriptions`);
    }
    const kept = from === undefined && consumer !== undefined ? await this.#keptAck(consumer) : undefined;
    const start: Start = parseStart(from ?? kept ?? 'latest', now());
    const { positions, gap, resumed } = await beginningOf(start, feed);
    if (this.#closed) return;
    const matches = compileFilter(filter);
    const subscription = new Subscription({
      id,
      consumer,
      positions,
      feed,
      outbox: this.#outbox,
      wants: ({ alert }) => {
        let known: Placement | undefined;
        const placement = () => {
          known ??= this.#context.placementOf(alert);
          return known;
        };
        return matches(alert, placement) && maySee(this.#principal, placement());
      },
      onGap: async (lost) => {
        const place = { log: feed.logId, positions: [...lost] };
        const beginning = await beginningOf({ kind: 'cursor', cursor: encodeCursor(place), ...place }, feed);
        const to = encodeCursor({ log: feed.logId, positions: beginning.positions });
        if (beginning.gap !== undefined) this.#send({ type: 'gap', id, ...beginning.gap, to });
        return beginning.positions;
      },
    });
    this.#subscriptions.set(id, subscription);
    this.#send({ type: 'subscribed', id, cursor: subscription.cursor, resumed });
    if (gap !== undefined) this.#send({ type: 'gap', id, ...gap, to: subscription.cursor });
    subscription.run().catch((error: unknown) => {
      this.#context.logger.error({ err: error, connectionId: this.id }, 'a subscription failed');
      this.close('internal', 'the subscription failed; resume from the last cursor');
    });
  }

  async #ack({ id, cursor }: FrameOf<'ack'>): Promise<void> {
    const { consumer } = this.#subscription(id);
    if (decodeCursor(cursor) === undefined)
      throw new ResonantError('invalid-request', 'cursor: not one of this stream');
    if (consumer === undefined) return;
    await this.#context.keep.set(this.#ackKey(consumer), cursor, this.#limits.ackKeptMs);
  }

  #keptAck(consumer: string): Promise<string | undefined> {
    return this.#context.keep.get(this.#ackKey(consumer));
  }

  /** Acks belong to a key and a name, so that nobody moves the place of others. */
  #ackKey(consumer: string): string {
    return `ack:${this.#principal.keyId}:${consumer}`;
  }

  async #acknowledge({ id, alertId, actionId, note }: FrameOf<'acknowledge'>): Promise<void> {
    requireScope(this.#principal, 'alerts:acknowledge');
    const request = { alertId, actionId: actionId ?? null, note: note ?? null, requestId: id ?? null };
    const acknowledged = await acknowledgeById(this.#context, this.#principal, request);
    this.#send({ type: 'acknowledged', id: id ?? null, ...acknowledgedJson(request, acknowledged) });
  }

  #authenticate(token: string): void {
    const principal = this.#context.keys.authenticate(`Bearer ${token}`, this.#context.now());
    requireScope(principal, 'alerts:read');
    this.#principal = principal;
    this.#warnedOf = undefined;
    this.#send({ type: 'authenticated', keyId: principal.keyId, authExpiresAt: this.#authExpiresAt() });
  }

  /** Takes the key as it is now; warns before it expires and closes when it has. */
  #checkKey(now: number): boolean {
    const { keyId } = this.#principal;
    try {
      this.#principal = this.#context.keys.principal(keyId, now);
      requireScope(this.#principal, 'alerts:read');
    } catch (error) {
      this.close('tokenExpired', resonantErrorOf(error).message.slice(0, 100));
      return false;
    }
    const end = this.#context.keys.endOf(keyId);
    if (end !== undefined && end !== this.#warnedOf && end - now <= this.#limits.authWarningMs) {
      this.#warnedOf = end;
      this.#send({ type: 'authExpiring', expiresAt: new Date(end).toISOString(), inMs: end - now });
    }
    return true;
  }

  #authExpiresAt(): string | null {
    const end = this.#context.keys.endOf(this.#principal.keyId);
    return end === undefined ? null : new Date(end).toISOString();
  }

  #subscription(id: string): Subscription {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) throw new ResonantError('not-found', `id: there is no subscription ${id}`);
    return subscription;
  }

  #fail(error: unknown, id?: string | null): void {
    const known = resonantErrorOf(error);
    if (known.code === 'internal') this.#context.logger.error({ err: error, connectionId: this.id }, 'a frame failed');
    this.#outbox.send(errorFrame(known, id));
  }

  #send(frame: ServerFrame): void {
    this.#outbox.send(frameText(frame));
  }
}
