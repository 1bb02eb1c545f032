import { Readable } from 'node:stream';
import { integerProblem, placeholdersOf } from '@resonant/clickhouse';
import { ResonantError } from '@resonant/contracts';
import { type FastifyInstance, type Metrics, parse } from '@resonant/service';
import { z } from 'zod';
import type { Authorize } from '../access/authorize.ts';
import type { History } from '../history/connection.ts';
import { failureOf, type QueryLimits, queryLines } from '../history/query-answer.ts';

/** Every default: rows if none are named and at most, bytes and time of an answer, queries at once, bytes of a request. */
const defaults = {
  rows: 10_000,
  maxRows: 1_000_000,
  bytes: 64 << 20,
  ms: 30_000,
  atOnce: 8,
  bodyBytes: 128 << 10,
};

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const queryBody = z.strictObject({
  sql: z
    .string()
    .max(100_000)
    .refine((text) => text.trim() !== '', 'expected a statement'),
  parameters: z.record(z.string(), z.union([scalar, z.array(scalar)])).default({}),
  limit: z.int().min(1).max(defaults.maxRows).default(defaults.rows),
});

export interface QueryRoutes {
  readonly authorize: Authorize;
  readonly history: History;
  readonly metrics: Metrics;
  /** Default: see `defaults`. */
  readonly limits?: Partial<Pick<QueryLimits, 'bytes' | 'ms'>> & { readonly atOnce?: number };
}

/**
 * `POST /v1/query`: one read-only statement, its answer as NDJSON. It reads everything that history holds, whatever team
 * it belongs to, so it has a scope of its own (`history:query`) that no other implies but `admin`.
 */
export function queryRoutes(app: FastifyInstance, { authorize, history, metrics, limits = {} }: QueryRoutes): void {
  const { bytes, ms, atOnce } = { ...defaults, ...limits };
  const asked = metrics.counter('gateway_queries_total', 'queries by what became of them', ['outcome']);
  const open = metrics.gauge('gateway_queries_open', 'queries that are being answered');
  let running = 0;

  app.post('/v1/query', { bodyLimit: defaults.bodyBytes }, async (request, reply) => {
    const principal = authorize(request, 'history:query');
    const { sql, parameters, limit } = parse(queryBody, request.body);
    checkParameters(sql, parameters);
    if (running >= atOnce) throw new ResonantError('rate-limited', `${atOnce} queries are being answered here already`);
    const limited: QueryLimits = { rows: limit, bytes, ms };
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(ms)]);
    running += 1;
    open.set({}, running);
    // Comes after every answer, and when the client goes: then the query is nobody's and ends.
    reply.raw.once('close', () => {
      gone.abort();
      running -= 1;
      open.set({}, running);
    });
    const done = (outcome: { readonly rows: number; readonly code: string }): void => {
      asked.add({ outcome: outcome.code });
      request.log.info({ keyId: principal.keyId, ...outcome }, 'query answered');
    };
    try {
      const answer = await history().ask(sql, { params: parameters, signal });
      return reply
        .header('content-type', 'application/x-ndjson')
        .header('cache-control', 'no-store')
        .send(Readable.from(queryLines(answer, limited, signal, done), { objectMode: false }));
    } catch (error) {
      const known = failureOf(error, signal, limited);
      done({ rows: 0, code: known.code });
      throw known;
    }
  });
}

/** The engine ignores a parameter that no placeholder names, and takes a number modulo its type: both go unnoticed. */
function checkParameters(sql: string, parameters: Readonly<Record<string, unknown>>): void {
  const types = placeholdersOf(sql);
  const names = new Set(types.keys());
  const errors = [
    ...Object.keys(parameters)
      .filter((name) => !names.has(name))
      .map((name) => ({
        path: `/parameters/${name}`,
        message: `expected a name that stands as {${name}:Type} in sql`,
      })),
    ...[...names]
      .filter((name) => !Object.hasOwn(parameters, name))
      .map((name) => ({ path: '/parameters', message: `expected a value for ${name}` })),
    ...[...types].flatMap(([name, type]) => {
      const value = parameters[name];
      const text = typeof value === 'number' || typeof value === 'string' ? String(value) : undefined;
      const message = text === undefined ? undefined : integerProblem(type, text);
      return message === undefined ? [] : [{ path: `/parameters/${name}`, message }];
    }),
  ];
  if (errors.length === 0) return;
  throw new ResonantError('invalid-request', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), {
    extra: { errors },
  });
}
