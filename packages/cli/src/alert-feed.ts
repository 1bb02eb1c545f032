import { setTimeout as sleep } from 'node:timers/promises';
import { ResonantError } from '@resonant/contracts';
import { WebSocket } from 'ws';

/** An alert transition as the stream sends it: the alert line of rules.md section 1, then where it came from. */
export interface StreamedAlert {
  readonly alertId: string;
  readonly seq: number;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly subject: Readonly<Record<string, string>>;
  readonly transition: string;
  readonly state: string;
  /** ISO times. */
  readonly at: string;
  readonly decidedAt: string;
  readonly openedAt: string;
  readonly values: Readonly<Record<string, number>>;
  readonly evidence: readonly { readonly eventId: string | null; readonly role: string }[];
  readonly late: boolean;
  readonly shadow: boolean;
  readonly severity: string;
  readonly title: Readonly<Record<string, string>>;
}

export interface AlertFeedOptions {
  /** Base URL of the gateway, http(s). */
  readonly url: string;
  readonly key: string;
  readonly filter?: Readonly<Record<string, unknown>>;
  /** `latest`, a cursor, an ISO time or a span back such as `15m`. */
  readonly from: string;
  readonly signal: AbortSignal;
  readonly onAlert: (alert: StreamedAlert, cursor: string) => void;
  /** The stream could not go on where it was: what lies between is in `snapshotUrl`. */
  readonly onGap: (gap: { readonly reason: string; readonly snapshotUrl: string }) => void;
  /** Each time the stream stands (again), and each time it is lost. */
  readonly onState: (state: 'streaming' | 'reconnecting', detail: string) => void;
}

const firstBackOffMs = 200;
const longestBackOffMs = 5000;

/** The connection ended in a way that connecting again does not mend. */
export class FeedRefused extends ResonantError {
  constructor(reason: string) {
    super('invalid-request', `The alert stream was refused: ${reason}`);
  }
}

/**
 * Follows the alert stream until `signal` aborts: reconnects behind the last cursor, backing off from 0.2 to 5 s.
 * Rejects with FeedRefused when the server says that reconnecting is no use (close codes 4000–4099, 401, 403).
 */
export async function followAlerts(options: AlertFeedOptions): Promise<void> {
  let from = options.from;
  let backOffMs = firstBackOffMs;
  while (!options.signal.aborted) {
    const end = await connection(options, from, (cursor) => {
      from = cursor;
      backOffMs = firstBackOffMs;
    });
    if (options.signal.aborted) return;
    if (!end.again) throw new FeedRefused(end.reason);
    options.onState('reconnecting', end.reason);
    await sleep(backOffMs, undefined, { signal: options.signal }).catch((error: Error) => {
      if (error.name !== 'AbortError') throw error;
    });
    backOffMs = Math.min(longestBackOffMs, backOffMs * 2);
  }
}

interface End {
  readonly again: boolean;
  readonly reason: string;
}

const subscription = 'alerts';

function connection(options: AlertFeedOptions, from: string, reached: (cursor: string) => void): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>();
  const socket = new WebSocket(`${options.url.replace(/^http/, 'ws')}/v1/stream`, 'resonant.v1', {
    headers: { authorization: `Bearer ${options.key}` },
    perMessageDeflate: false,
    handshakeTimeout: 10_000,
  });
  const abort = (): void => socket.close(1000);
  options.signal.addEventListener('abort', abort, { once: true });
  const end = (outcome: End): void => {
    options.signal.removeEventListener('abort', abort);
    resolve(outcome);
  };
  const send = (frame: object): void => socket.send(JSON.stringify(frame));
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as ServerFrame;
    if (frame.type === 'welcome') send({ type: 'subscribe', id: subscription, filter: options.filter ?? {}, from });
    else if (frame.type === 'ping') send({ type: 'pong' });
    else if (frame.type === 'subscribed') {
      reached(frame.cursor);
      options.onState('streaming', frame.resumed ? 'resumed' : 'subscribed');
    } else if (frame.type === 'alert') {
      options.onAlert(frame.alert, frame.cursor);
      reached(frame.cursor);
    } else if (frame.type === 'gap') options.onGap(frame);
    else if (frame.type === 'error' && frame.id === subscription) {
      // Without its subscription the connection stands and says nothing.
      end({ again: frame.retryable, reason: frame.detail });
      socket.close(1000);
    }
  });
  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? 0;
    response.resume();
    request.destroy();
    end({ again: status !== 401 && status !== 403, reason: `the gateway answered ${status}` });
  });
  socket.on('error', (error) => end({ again: true, reason: error.message }));
  socket.on('close', (code, reason) =>
    end({ again: code < 4000 || code > 4099, reason: `closed with ${code} ${String(reason)}`.trim() }),
  );
  return promise;
}

type ServerFrame =
  | { readonly type: 'welcome' | 'ping' | 'lagging' | 'draining' | 'authExpiring' }
  | { readonly type: 'subscribed'; readonly cursor: string; readonly resumed: boolean }
  | { readonly type: 'alert'; readonly cursor: string; readonly alert: StreamedAlert }
  | { readonly type: 'gap'; readonly reason: string; readonly snapshotUrl: string }
  | { readonly type: 'error'; readonly id?: string; readonly detail: string; readonly retryable: boolean };
