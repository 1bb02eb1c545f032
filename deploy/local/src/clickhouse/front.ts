import type { IncomingMessage, ServerResponse } from 'node:http';
import { Bodies } from './body.ts';
import type { Config } from './config.ts';
import type { Execution } from './execution.ts';
import { limits } from './limits.ts';
import type { Page } from './page.ts';
import { QueryError } from './query-error.ts';
import { isLogged, type LoggedQuery, loggedQuery } from './query-log.ts';
import { encodingOf, Reply, type Summary } from './reply.ts';
import { type QueryRequest, readRequest } from './request.ts';
import { kindOf } from './statement.ts';
import { fieldsOf, targetOf } from './target.ts';
import type { Users } from './users.ts';

/** What the front needs to answer. */
export interface FrontParts {
  readonly config: Config;
  readonly users: Users;
  readonly execution: Execution;
  readonly page: Page;
  /** The engine's version. */
  readonly version: string;
  readonly log: (query: LoggedQuery) => void;
}

/** ClickHouse's HTTP protocol: `/ping`, `/play`, and `/` for statements. */
export class Front {
  readonly #parts: FrontParts;
  readonly #bodies: Bodies;
  #isStopping = false;

  constructor(parts: FrontParts) {
    this.#parts = parts;
    this.#bodies = new Bodies(parts.config.MAX_BODY_BYTES);
  }

  /** From now on nothing new is begun. */
  stop(): void {
    this.#isStopping = true;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, search } = targetOf(request.url ?? '/');
    response.setHeader('X-ClickHouse-Server-Display-Name', 'resonant');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (this.#isStopping) response.setHeader('Connection', 'close');
    if (path === '/ping' || path === '/replicas_status') {
      const isReady = !this.#isStopping;
      response.writeHead(isReady ? 200 : 503).end(isReady ? 'Ok.\n' : 'The server is shutting down.\n');
    } else if (this.#parts.page.has(path)) this.#parts.page.send(path, response);
    // What load balancers and clients look at to see whether anyone is there.
    else if (path === '/' && search === '' && isRead(request)) response.writeHead(200).end('Ok.\n');
    else if (path === '/') await this.#statement(request, search, response);
    else response.writeHead(404).end(`There is no handle ${path.slice(0, 200)}: use /, /ping or /play\n`);
  }

  async #statement(request: IncomingMessage, sent: string, response: ServerResponse): Promise<void> {
    const { config, users } = this.#parts;
    // Read without a doubt first, since an error has to be told in the form that is asked for.
    const form = new URLSearchParams(sent);
    const reply = new Reply(response, {
      heldBack: form.get('wait_end_of_query') === '1' ? limits.heldBackWhole : limits.heldBack,
      stallMs: config.STALL_SECONDS * 1000,
      encoding:
        form.get('enable_http_compression') === '1'
          ? encodingOf(String(request.headers['accept-encoding'] ?? ''))
          : undefined,
    });
    let forget = (): void => undefined;
    try {
      if (this.#isStopping) throw new QueryError('ABORTED', 'The server is shutting down');
      checkOrigin(request);
      const search = fieldsOf(sent);
      const method = request.method ?? 'GET';
      if (!['GET', 'HEAD', 'POST'].includes(method)) {
        response.setHeader('Allow', 'GET, HEAD, POST');
        throw new QueryError('NOT_IMPLEMENTED', `${method.slice(0, 20)} is not supported: use GET or POST`);
      }
      const user = users.of(request.headers, search);
      const received = await this.#bodies.read(request);
      forget = received.forget;
      await this.#run(await readRequest(method, request.headers, search, user, received.body), reply, response);
    } catch (error) {
      // What the client has not sent to its end is not read on.
      if (!request.complete) response.setHeader('Connection', 'close');
      if (!response.destroyed) reply.fail(QueryError.of(error), this.#parts.version);
    } finally {
      forget();
    }
  }

  async #run(request: QueryRequest, reply: Reply, response: ServerResponse): Promise<void> {
    const askedAt = Date.now();
    const began = performance.now();
    const gone = new AbortController();
    const onClose = (): void => {
      if (!response.writableFinished) gone.abort(new QueryError('QUERY_WAS_CANCELLED', 'The client went away'));
    };
    response.once('close', onClose);
    let outcome: Summary | QueryError;
    try {
      reply.describe(request.queryId, request.defaultFormat);
      const summary = await this.#parts.execution.run(request, reply, gone.signal);
      outcome = summary;
      await reply.end(summary);
    } catch (error) {
      outcome = QueryError.of(gone.signal.aborted ? gone.signal.reason : error);
      if (!response.destroyed) reply.fail(outcome, this.#parts.version);
    } finally {
      response.off('close', onClose);
    }
    const kind = kindOf(request.query === '' ? request.body.subarray(0, 1024).toString() : request.query);
    if (!isLogged(request.user, kind)) return;
    this.#parts.log(loggedQuery(request, askedAt, performance.now() - began, outcome));
  }
}

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

/** A page of another site must not use the credentials that a browser keeps. */
function checkOrigin({ headers }: IncomingMessage): void {
  const { origin, host } = headers;
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return;
  throw new QueryError('ACCESS_DENIED', `Requests from pages of ${origin.slice(0, 200)} are not accepted`);
}
