import { isUtf8 } from 'node:buffer';
import type { ClickhouseUser } from '@resonant/cli';
import { analystAccess } from '@resonant/clickhouse/analyst-access';
import { AnalystRules, analystDatabase, killOfAnalyst } from './analyst.ts';
import { throughCatalog, withoutCatalog } from './analyst-catalog.ts';
import type { Config } from './config.ts';
import type { Engine, Session } from './engine.ts';
import type { Exchange } from './exchange.ts';
import { type DataInsert, type Insert, readInsert } from './insert.ts';
import { Lane } from './lane.ts';
import { identifier, literal } from './lexer.ts';
import { limits } from './limits.ts';
import { OwnTables } from './own-tables.ts';
import { QueryError } from './query-error.ts';
import type { Reply, Summary } from './reply.ts';
import type { QueryRequest } from './request.ts';
import { sessionSettings } from './settings.ts';
import {
  changesSession,
  isWord,
  kindOf,
  readStatement,
  type Statement,
  type StatementKind,
  withOutfile,
} from './statement.ts';

/** The product's database: where analysts are if they name none, and where the query log is. */
export const ownDatabase = 'resonant';

const openToAnalysts = {
  database: ownDatabase,
  names: new Set<string>([...analystAccess.tables, ...analystAccess.views, ...analystAccess.dictionaries]),
  dictionaries: new Set<string>(analystAccess.dictionaries),
};

const emptySummary: Summary = { resultRows: 0, resultBytes: 0, writtenRows: 0, writtenBytes: 0, elapsed: 0 };

/** Runs statements on the engine, each in a session of its own, a bounded number at once. */
export class Execution {
  readonly #engine: Engine;
  readonly #config: Config;
  readonly #exchange: Exchange;
  readonly #rules: AnalystRules;
  readonly #lanes: Readonly<Record<'insert' | 'command' | 'kill' | ClickhouseUser, Lane>>;
  readonly #tables = new OwnTables(ownDatabase);
  readonly #running = new Map<string, Promise<void>>();
  #isStopping = false;

  constructor(engine: Engine, config: Config, exchange: Exchange, tableFunctions: readonly string[]) {
    this.#engine = engine;
    this.#config = config;
    this.#exchange = exchange;
    this.#rules = new AnalystRules(tableFunctions, openToAnalysts);
    this.#lanes = {
      insert: new Lane(limits.lanes.insert, limits.queue),
      command: new Lane(limits.lanes.command, limits.queue),
      kill: new Lane(limits.lanes.kill, limits.queue),
      // Analysts who ask much must not hold up the product.
      writer: new Lane(config.MAX_CONCURRENT_QUERIES, limits.queue),
      analyst: new Lane(config.MAX_CONCURRENT_QUERIES, limits.queue),
    };
  }

  /** Ids of the statements that run. */
  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  /**
   * Runs what a request asks for and writes its result. `signal`: the client went away; what only reads is cancelled,
   * what changes data goes on to its end. Rejects with what the engine or the endpoint has against it.
   */
  async run(request: QueryRequest, reply: Reply, signal: AbortSignal): Promise<Summary> {
    const { queryId } = request;
    if (this.#isStopping) throw stopping();
    if (this.#running.has(queryId)) {
      throw new QueryError('QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', `Query with id = ${queryId} is already running.`);
    }
    let ended = (): void => undefined;
    this.#running.set(queryId, new Promise((resolve) => (ended = resolve)));
    try {
      const kind = kindOf(`${request.query}\n${request.body.subarray(0, 64 << 10)}`);
      const insert = kind === 'insert' ? readInsert(request.query, request.body) : undefined;
      const leave = await this.#laneOf(request.user, kind, insert).enter(signal);
      try {
        return await this.#engine.inSession((session) =>
          insert?.from === 'data'
            ? this.#insert(session, insert, request)
            : kind === 'command'
              ? this.#tables.changedBy(() => this.#other(session, request, reply, signal))
              : this.#other(session, request, reply, signal),
        );
      } catch (error) {
        throw request.user === 'analyst' ? ofAnalyst(error as Error) : error;
      } finally {
        leave();
      }
    } finally {
      this.#running.delete(queryId);
      ended();
    }
  }

  #laneOf(user: ClickhouseUser, kind: StatementKind | undefined, insert: Insert | undefined): Lane {
    if (insert?.from === 'data') return this.#lanes.insert;
    if (kind === 'kill') return this.#lanes.kill;
    return kind === 'rows' || kind === 'question' ? this.#lanes[user] : this.#lanes.command;
  }

  /** Inserts rows of the endpoint's own. */
  async insertOwn(statement: string, rows: Buffer): Promise<void> {
    const insert = readInsert(statement, rows);
    if (insert.from !== 'data') throw new Error(`no data follow ${statement}`);
    await this.#exchange.withFile(insert.data, (path) =>
      this.#engine.inSession((session) => session.run(insert.readingFrom(path))),
    );
  }

  /** Has the engine end a statement; resolves once the engine has been told. */
  async cancel(queryId: string): Promise<void> {
    await this.#engine.inSession((session) =>
      session.run(`KILL QUERY WHERE Settings['log_comment'] = ${literal(queryId)} ASYNC`),
    );
  }

  /** Refuses what waits, gives what runs until `withinMs`, then cancels it; resolves once nothing runs. */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true;
    for (const lane of Object.values(this.#lanes)) lane.clear(stopping());
    const over = setTimeout(() => {
      for (const id of this.running) void this.#cancelUntilEnded(id);
    }, withinMs);
    await Promise.all(this.#running.values());
    clearTimeout(over);
  }

  async #insert(session: Session, insert: DataInsert, request: QueryRequest): Promise<Summary> {
    if (request.user === 'analyst' || request.isGet) throw readonly(request);
    await this.#prepare(session, request, request.database);
    const run = (path: string) => session.run(insert.readingFrom(path));
    const { rowsRead, bytesRead, elapsed } = await this.#exchange.withFile(insert.data, run);
    return { ...emptySummary, writtenRows: rowsRead, writtenBytes: bytesRead, elapsed };
  }

  async #other(session: Session, request: QueryRequest, reply: Reply, signal: AbortSignal): Promise<Summary> {
    const given = readStatement(textOf(request));
    const isAnalyst = request.user === 'analyst';
    const database = isAnalyst ? analystDatabase(request.database, ownDatabase) : request.database;
    const statement = isAnalyst ? await this.#analysts(session, given, request, database ?? ownDatabase) : given;
    if (request.isOfSession && changesSession(statement)) {
      throw new QueryError(
        'NOT_IMPLEMENTED',
        'Each request has a session of its own: put settings into the URL or the statement, and the database into the URL',
      );
    }
    if (request.isGet && statement.kind !== 'rows' && statement.kind !== 'question') throw readonly(request);
    await this.#prepare(session, request, database);
    if (statement.kind === 'insert') {
      const { rowsWritten, bytesWritten, elapsed } = await session.insertFromQuery(statement.text);
      return { ...emptySummary, writtenRows: rowsWritten, writtenBytes: bytesWritten, elapsed };
    }
    const format = statement.format ?? request.defaultFormat;
    reply.describe(request.queryId, format);
    if (statement.kind === 'rows') return this.#rows(session, statement, format, reply, request.queryId, signal);
    const reads = statement.kind === 'question';
    const cancel = (): void => void (reads && this.#cancelUntilEnded(request.queryId));
    signal.addEventListener('abort', cancel, { once: true });
    const result = await session.run(killable(statement), format);
    await reply.write(Buffer.from(result.bytes));
    return {
      ...emptySummary,
      resultRows: reads ? result.rowsRead : 0,
      resultBytes: result.bytes.length,
      elapsed: result.elapsed,
    };
  }

  /** What an analyst asks, as the engine itself writes it, and checked so. */
  async #analysts(session: Session, given: Statement, request: QueryRequest, database: string): Promise<Statement> {
    const { bytes } = await session
      .run(`SELECT formatQuery(${literal(given.text)})`, 'RawBLOB')
      .catch((error: Error) => Promise.reject(withoutFormatting(error)));
    const statement = readStatement(Buffer.from(bytes).toString());
    const kill = killOfAnalyst(statement);
    if (kill !== undefined) return readStatement(kill);
    this.#rules.check(statement, request.params, { existing: await this.#tables.names(session), database });
    return throughCatalog(statement);
  }

  async #prepare(session: Session, request: QueryRequest, database: string | undefined): Promise<void> {
    const { config, user, queryId, settings, params } = { config: this.#config, ...request };
    const statements = [
      ...(database === undefined || database === '' ? [] : [`USE ${identifier(database)}`]),
      ...[...params].map(([name, value]) => `SET param_${name} = ${literal(value)}`),
      ...sessionSettings(config, user, queryId, settings),
    ];
    await session.run(statements.join(';\n'));
  }

  /** Rows go through a pipe, so that the engine runs no faster than the client reads and nothing piles up. */
  async #rows(
    session: Session,
    statement: Statement,
    format: string,
    reply: Reply,
    queryId: string,
    signal: AbortSignal,
  ): Promise<Summary> {
    const pipe = this.#exchange.pipe();
    let given: Error | undefined;
    // The pipe is read to its end all the same: without a reader the engine would wait for one when it opens the pipe.
    const giveUp = (error: Error): void => {
      given ??= error;
      void this.#cancelUntilEnded(queryId);
    };
    const onAbort = (): void => giveUp(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const result = session.run(withOutfile(statement, pipe.path, format));
    const settled = result.then(pipe.finish, pipe.finish);
    let bytes = 0;
    try {
      for await (const chunk of pipe.output as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (given === undefined) await reply.write(chunk).catch(giveUp);
      }
      const { rowsRead, elapsed } = await result;
      if (given !== undefined) throw given;
      return { ...emptySummary, resultRows: rowsRead, resultBytes: bytes, elapsed };
    } catch (error) {
      throw given ?? withoutOutfile(error as Error, pipe.path);
    } finally {
      signal.removeEventListener('abort', onAbort);
      await settled;
      pipe.release();
    }
  }

  /** Told once, the engine may not have begun yet. */
  async #cancelUntilEnded(queryId: string): Promise<void> {
    const ended = this.#running.get(queryId);
    let isOver = false;
    void ended?.then(() => (isOver = true));
    while (ended !== undefined && !isOver) {
      await this.cancel(queryId);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 200))]);
    }
  }
}

function ofAnalyst(error: Error): Error {
  const message = withoutCatalog(error.message);
  return message === error.message ? error : Object.assign(error, { message });
}

const stopping = (): QueryError => new QueryError('ABORTED', 'The server is shutting down');

function textOf({ query, body }: QueryRequest): string {
  if (!isUtf8(body)) {
    throw new QueryError('BAD_ARGUMENTS', "The statement is not UTF-8: write other bytes as unhex('…')");
  }
  if (query.length + body.length > limits.queryBytes) {
    throw new QueryError('QUERY_IS_TOO_LARGE', `The query is larger than ${limits.queryBytes} bytes`);
  }
  return body.length === 0 ? query : `${query}${query === '' ? '' : '\n'}${body}`;
}

const readonly = ({ user, isGet }: QueryRequest): QueryError =>
  new QueryError(
    'READONLY',
    `${user}: Cannot execute query in readonly mode.${isGet ? ' Use POST to change data.' : ''}`,
  );

/** Clients know the id that they gave, which the engine knows as a setting. */
function killable({ kind, tokens, text }: Statement): string {
  if (kind !== 'kill') return text;
  let killed = text;
  for (const token of [...tokens].reverse()) {
    if (!isWord(token, 'QUERY_ID')) continue;
    killed = `${killed.slice(0, token.start)}Settings['log_comment']${killed.slice(token.end)}`;
  }
  return killed;
}

/** The function is ours: its user knows nothing of it. */
const withoutFormatting = ({ message }: Error): Error =>
  new Error(message.replace(/: In scope SELECT formatQuery\('[\s\S]*'\)\. (?=\(\w+\))/, '. '));

/** The clause is ours: its user knows nothing of it. */
const withoutOutfile = (error: Error, path: string): Error =>
  error.message.includes(path)
    ? new Error(error.message.replaceAll(new RegExp(`\\s*INTO OUTFILE '${path}' APPEND`, 'g'), ''))
    : error;
