import { problemOf, type ResonantError } from '@resonant/contracts';

/** Version of the frames, also the websocket subprotocol. */
export const protocol = 'resonant.v1';

/** What a client may do within one connection. Bytes, ms and counts. */
export interface Limits {
  readonly maxFrameBytes: number;
  readonly maxSubscriptions: number;
  readonly framesPerSecond: number;
  readonly bufferBytes: number;
  readonly bufferMs: number;
}

/** A frame of the server but for `alert`, whose text is put together from stored JSON (`alertFrame`). */
export type ServerFrame =
  | {
      readonly type: 'welcome';
      readonly protocol: string;
      readonly connectionId: string;
      readonly limits: Limits;
      readonly pingIntervalMs: number;
      /** ISO time until which the key is valid; null = no end. */
      readonly authExpiresAt: string | null;
    }
  | { readonly type: 'subscribed'; readonly id: string; readonly cursor: string; readonly resumed: boolean }
  | { readonly type: 'unsubscribed'; readonly id: string }
  | {
      readonly type: 'gap';
      readonly id: string;
      /** The cursor asked for, and the one from which the stream goes on. */
      readonly from: string;
      readonly to: string;
      readonly reason: string;
      /** Where the state can be read instead. */
      readonly snapshotUrl: string;
    }
  | { readonly type: 'lagging'; readonly id: string; readonly behindMs: number; readonly queued: number }
  | { readonly type: 'ping'; readonly at: string }
  | { readonly type: 'authExpiring'; readonly expiresAt: string; readonly inMs: number }
  | { readonly type: 'authenticated'; readonly keyId: string; readonly authExpiresAt: string | null }
  | { readonly type: 'draining'; readonly reconnectInMs: number }
  | {
      /** The business act stands in the partition of its alert, durably. */
      readonly type: 'acknowledged';
      readonly id: string | null;
      readonly alertId: string;
      readonly actionId: string | null;
      readonly signalId: string;
      readonly occurredAt: string;
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
    };

export const frameText = (frame: ServerFrame): string => JSON.stringify(frame);

/** The text of an alert frame; `alertJson` is the alert as it stands in every frame and answer. */
export const alertFrame = (id: string, cursor: string, alertJson: string): string =>
  `{"type":"alert","id":${JSON.stringify(id)},"cursor":"${cursor}","alert":${alertJson}}`;

/** The text of an error frame: `error` holds the problem's type, title, detail and retryable. */
export function errorFrame(error: ResonantError, id?: string | null): string {
  const { status: _status, ...problem } = problemOf(error);
  const own = id ?? (typeof error.extra.id === 'string' ? error.extra.id : undefined);
  return JSON.stringify({ ...problem, type: 'error', ...(own == null ? {} : { id: own }), problem: problem.type });
}
