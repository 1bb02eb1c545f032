import { randomUUID } from 'node:crypto';
import { ResonantError } from '@resonant/contracts';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Component } from './components.ts';
import type { Health } from './health.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { rawProblem, replyProblem } from './problems.ts';
import { Routes } from './routes.ts';
import { traceparentFrom } from './trace.ts';

export type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** W3C trace context: as it came, or a new one. */
    traceparent: string;
  }
}

/** What an HTTP server of a service is made from. Bytes for `bodyLimit`, default 1 MiB. */
export interface HttpOptions {
  readonly port: number;
  readonly host: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly bodyLimit?: number;
  routes(app: FastifyInstance): void | Promise<void>;
}

/**
 * An HTTP server by the conventions of this project: problem+json for every error, request ids, traceparent, /livez,
 * /readyz, /metrics. Its value is the address it listens on (the port in use when 0 was asked for). Stopping waits for
 * requests under way.
 */
export const httpComponent = (options: HttpOptions): Component<{ readonly url: string }> => ({
  name: 'http',
  start: async () => {
    const app = await buildApp(options);
    await app.listen({ port: options.port, host: options.host });
    const address = app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : options.port;
    const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
    options.logger.info({ url }, 'listening');
    return { value: { url }, stop: () => app.close() };
  },
});

/** The server without a port, for tests by `inject`. */
export async function buildApp(options: Omit<HttpOptions, 'port' | 'host'>): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? 1 << 20,
    // Idle keep-alive connections must not hold up a drain.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // Ids of other systems stand in paths; the router's default of 100 would make long ones unknown routes.
    routerOptions: { maxParamLength: 1024 },
    genReqId: (request) => requestIdFrom(request.headers['x-request-id']),
    clientErrorHandler: (error, socket) => {
      if (error.code !== 'ECONNRESET' && socket.writable) socket.end(rawProblem(error));
      else socket.destroy();
    },
    frameworkErrors: (error, request, reply) => void replyProblem(request, reply, error),
  });
  const routes = new Routes();
  app.addHook('onRoute', (route) => routes.add(route.method, route.url));
  observe(app, options.metrics);
  app.setErrorHandler((error, request, reply) => replyProblem(request, reply, error));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const methods = routes.methodsOf(path);
    if (methods.length === 0) return replyProblem(request, reply, new ResonantError('not-found', `no route ${path}`));
    const detail = `${path} takes ${methods.join(', ')}, not ${request.method}`;
    return replyProblem(
      request,
      reply.header('allow', methods.join(', ')),
      new ResonantError('method-not-allowed', detail),
    );
  });
  healthRoutes(app, options);
  await options.routes(app);
  await app.ready();
  return app;
}

const requestIdFrom = (header: string | string[] | undefined): string =>
  typeof header === 'string' && /^[\w.:-]{1,64}$/.test(header) ? header : randomUUID();

function observe(app: FastifyInstance, metrics: Metrics): void {
  const durations = metrics.histogram('http_request_duration_seconds', 'time to the answer', [
    'method',
    'route',
    'status',
  ]);
  app.decorateRequest('traceparent', '');
  app.addHook('onRequest', async (request, reply) => {
    request.traceparent = traceparentFrom(request.headers.traceparent);
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    durations.observe(labels, reply.elapsedTime / 1000);
    request.log.debug({ ...labels, ms: reply.elapsedTime }, 'answered');
  });
}

function healthRoutes(app: FastifyInstance, { health, metrics }: Pick<HttpOptions, 'health' | 'metrics'>): void {
  app.get('/livez', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const reasons = health.reasons();
    const degraded = health.degraded();
    if (Object.keys(reasons).length === 0) {
      return { status: 'ready', ...(Object.keys(degraded).length === 0 ? {} : { degraded }) };
    }
    return reply.code(503).header('retry-after', '1').send({ status: 'not ready', reasons });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.render()));
}
