import type { Api } from '@resonant/local';
import { WebSocket } from 'ws';

/** Fields of an alert frame that tests compare. */
export interface StreamedAlert {
  readonly alertId: string;
  readonly seq: number;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly subject: Readonly<Record<string, string>>;
  readonly transition: string;
  readonly state: string;
  /** ISO 8601. */
  readonly at: string;
  readonly shadow: boolean;
  readonly evidence: readonly { readonly eventId: string | null; readonly occurredAt: string }[];
}

/** Hands every alert, from the beginning of the log on, to `onAlert` until the websocket is closed. */
export function streamAlerts(api: Api, onAlert: (alert: StreamedAlert) => void): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const stream = new WebSocket(`${api.url.replace(/^http/, 'ws')}/v1/stream`, 'resonant.v1', {
    headers: { authorization: `Bearer ${api.key}` },
  });
  stream.on('message', (data) => {
    const frame = JSON.parse(String(data)) as { readonly type: string; readonly alert?: StreamedAlert };
    if (frame.type === 'welcome') stream.send('{"type":"subscribe","id":"all","filter":{},"from":"earliest"}');
    else if (frame.type === 'ping') stream.send('{"type":"pong"}');
    else if (frame.type === 'subscribed') resolve(stream);
    else if (frame.type === 'alert' && frame.alert !== undefined) onAlert(frame.alert);
    else if (frame.type === 'error') reject(new Error(String(data)));
  });
  stream.once('error', reject);
  return promise;
}
