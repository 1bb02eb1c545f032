import fastifyWebsocket, { type WebSocket } from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';

export type { WebSocket } from '@fastify/websocket';

/** Largest frame a client may send, in bytes. */
export const maxFrameBytes = 64 * 1024;

/** What a service may say about its websocket. */
export interface WebsocketOptions {
  /** Picks one of the subprotocols that the client offered, or false for none. */
  chooseProtocol?(offered: ReadonlySet<string>): string | false;
  /** Called for each open socket when the server closes; default: close with 1001. */
  onShutdown?(sockets: ReadonlySet<WebSocket>): void | Promise<void>;
}

/**
 * Lets routes of `app` be declared with `websocket: true`. Frames are at most 64 KiB, without compression (it costs
 * 13 times the CPU). Authenticate in an `onRequest` hook or `preValidation`: that is before the upgrade.
 */
export async function registerWebsocket(app: FastifyInstance, options: WebsocketOptions = {}): Promise<void> {
  const { chooseProtocol, onShutdown } = options;
  await app.register(fastifyWebsocket, {
    options: {
      maxPayload: maxFrameBytes,
      perMessageDeflate: false,
      ...(chooseProtocol === undefined ? {} : { handleProtocols: chooseProtocol }),
    },
    ...(onShutdown === undefined
      ? {}
      : {
          preClose: function (this: FastifyInstance, done: () => void) {
            const { clients } = this.websocketServer;
            Promise.resolve(onShutdown(clients as ReadonlySet<WebSocket>)).then(
              () => this.websocketServer.close(() => done()),
              () => this.websocketServer.close(() => done()),
            );
          },
        }),
  });
}
