import { randomUUID } from 'node:crypto';
import { ResonantError } from '@resonant/contracts';
import {
  type FastifyInstance,
  type FastifyRequest,
  type Metrics,
  type Principal,
  registerWebsocket,
  requireScope,
  type WebSocket,
} from '@resonant/service';
import type { Authorize } from '../access/authorize.ts';
import { checkOrigin } from '../access/origin.ts';
import { issueTicket, redeemTicket, ticketMs } from '../access/tickets.ts';
import { Connection, type StreamContext } from '../stream/connection.ts';
import { protocol } from '../stream/server-frames.ts';

/** Every default: how long clients have to leave at a shutdown, over which time they come back. */
const defaults = { leaveMs: 5_000, reconnectSpreadMs: 3_000, tickMs: 1_000 };

export interface StreamRouteOptions {
  readonly context: StreamContext;
  readonly authorize: Authorize;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly maxConnections: number;
  readonly metrics: Metrics;
}

/** `GET /v1/stream` (websocket) and `POST /v1/stream/tickets`. */
export async function streamRoutes(app: FastifyInstance, options: StreamRouteOptions): Promise<void> {
  const { context, authorize, allowedOrigins } = options;
  const connections = new Map<WebSocket, Connection>();
  const open = options.metrics.gauge('gateway_streams_open', 'websockets that are open');
  const closed = options.metrics.counter('gateway_streams_closed_total', 'streams that the gateway ended', ['code']);
  const principals = new WeakMap<FastifyRequest, Principal>();

  await registerWebsocket(app, {
    chooseProtocol: (offered) => (offered.has(protocol) ? protocol : false),
    onShutdown: async (sockets) => {
      clearInterval(timer);
      for (const connection of connections.values()) {
        connection.drain(Math.round(Math.random() * defaults.reconnectSpreadMs));
      }
      const leaving = Date.now() + defaults.leaveMs;
      while (sockets.size > 0 && Date.now() < leaving) await new Promise((resolve) => setTimeout(resolve, 20));
      for (const socket of sockets) socket.terminate();
    },
  });
  const timer = setInterval(() => {
    for (const connection of connections.values()) connection.tick();
  }, defaults.tickMs);
  timer.unref();

  app.post('/v1/stream/tickets', async (request, reply) => {
    checkOrigin(request.headers.origin, allowedOrigins);
    const { keyId } = authorize(request, 'alerts:read');
    const ticket = await issueTicket(context.keep, keyId);
    const expiresAt = new Date(context.now() + ticketMs).toISOString();
    return reply.code(201).header('cache-control', 'no-store').send({ ticket, expiresAt });
  });

  /** Who connects: everything that can be refused is refused here, before the upgrade. */
  const admit = async (request: FastifyRequest): Promise<Principal> => {
    const { origin } = request.headers;
    if (!request.ws) throw new ResonantError('invalid-request', 'expected a websocket upgrade');
    checkOrigin(origin, allowedOrigins);
    const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    if (offered !== undefined && !offered.includes(protocol)) {
      throw new ResonantError('invalid-request', `expected the subprotocol ${protocol}, got ${offered.join(', ')}`);
    }
    if (connections.size >= options.maxConnections) {
      throw new ResonantError('not-ready', `${options.maxConnections} connections are open here already`);
    }
    const { ticket } = request.query as { ticket?: unknown };
    // Without an Origin it is a program, and programs send the header.
    if (request.headers.authorization !== undefined || origin === undefined) return authorize(request, 'alerts:read');
    if (typeof ticket !== 'string') {
      throw new ResonantError('unauthenticated', 'expected ?ticket= from POST /v1/stream/tickets');
    }
    const keyId = await redeemTicket(context.keep, ticket);
    if (keyId === undefined) throw new ResonantError('unauthenticated', 'the ticket was used before, or is too old');
    const principal = context.keys.principal(keyId, context.now());
    requireScope(principal, 'alerts:read');
    return principal;
  };

  const preValidation = async (request: FastifyRequest): Promise<void> => {
    principals.set(request, await admit(request));
  };

  app.get('/v1/stream', { websocket: true, preValidation }, (socket, request) => {
    const connection = new Connection(
      randomUUID(),
      {
        send: (text, sent) => socket.send(text, sent),
        close: (code, reason) => {
          closed.add({ code: String(code) });
          socket.close(code, reason);
        },
        ping: () => socket.ping(),
      },
      principals.get(request) as Principal,
      context,
    );
    connections.set(socket, connection);
    open.set({}, connections.size);
    socket.on('message', (data, isBinary) => connection.receive(isBinary ? undefined : data.toString()));
    socket.on('pong', () => connection.ponged());
    socket.on('close', () => {
      connection.ended();
      connections.delete(socket);
      open.set({}, connections.size);
    });
    // The plugin's own listener cuts the connection at once, and with it the close frame that says why.
    socket.removeAllListeners('error');
    socket.on('error', (error) => context.logger.info({ err: error, connectionId: connection.id }, 'a stream broke'));
  });
}
