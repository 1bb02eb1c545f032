import { Readable } from 'node:stream';
import { text as textOfStream } from 'node:stream/consumers';
import { createClient } from '@clickhouse/client';
import { isResonantError, ResonantError } from '@resonant/contracts';
import { type Answer, answerFormat, answerOf } from '../query/answer.ts';
import { queryFailure } from '../query/query-failure.ts';
import { failureOf, refusal } from './failure.ts';
import { type Settings, settingsClause } from './settings.ts';

/** Where ClickHouse is and who asks. */
export interface ClickHouseOptions {
  /** Base URL, e.g. http://127.0.0.1:7415. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Shown in ClickHouse's query log. */
  readonly application: string;
  /** How long one request may take, in ms; default 60000. */
  readonly timeoutMs?: number;
  /** Connections at most; default 4. */
  readonly connections?: number;
}

/** What one statement may be given. */
export interface StatementOptions {
  /** Values of `{name:Type}` in the statement. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Settings of this statement alone; they become part of its text. Leave them out as a read-only user. */
  readonly settings?: Settings;
  readonly signal?: AbortSignal;
  /** Default: one made up. */
  readonly queryId?: string;
}

/**
 * A connection to ClickHouse. Every call rejects with `history-unavailable`, `history-refused-data` or `history-schema`
 * (see `errorClassOf`), decided by ClickHouse's numeric code; nothing is tried again here.
 */
export interface ClickHouse {
  /** Runs a statement that gives no rows. */
  command(statement: string, options?: StatementOptions): Promise<void>;
  /** All rows of a query, one object a row; 64-bit integers are numbers, bytes have to be asked for as hex(…). */
  query<Row>(statement: string, options?: StatementOptions): Promise<readonly Row[]>;
  /** Rows of a query as they come, for results that may be large. */
  stream<Row>(statement: string, options?: StatementOptions): AsyncGenerator<Row>;
  /** The answer of a query in a format of ClickHouse, as bytes. An error in the middle ends the stream with that error. */
  readRaw(statement: string, format: string, options?: StatementOptions): Promise<Readable>;
  /**
   * The answer to somebody's own query, with columns and types, as it comes. The statement brings no FORMAT. Rejects
   * with the codes of `queryFailure`: here the statement is to blame, not the tables. Aborting `signal` ends the query.
   */
  ask(statement: string, options?: Omit<StatementOptions, 'settings'>): Promise<Answer>;
  /** Inserts rows that are already in a format of ClickHouse. One call is one insert. */
  insertRaw(insert: RawInsert): Promise<void>;
  /** Resolves when ClickHouse answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface RawInsert {
  /** Table with its database, e.g. resonant.intake_signals. */
  readonly table: string;
  readonly format: string;
  /** Rows in that format. */
  readonly body: Buffer | Readable;
  readonly settings?: Settings;
  readonly signal?: AbortSignal;
}

/** Opens a connection; nothing is sent before the first call. */
export function connectClickHouse(options: ClickHouseOptions): ClickHouse {
  const client = createClient({
    url: options.url,
    username: options.user,
    password: options.password,
    application: options.application,
    request_timeout: options.timeoutMs ?? 60_000,
    max_open_connections: options.connections ?? 4,
    // A statement never depends on what one before it left behind.
    clickhouse_settings: {},
    log: { level: 127 },
  });

  /** Errors are read here and not by the client library, which looks for the code in the text. */
  async function execute(
    what: string,
    query: string,
    values: Buffer | Readable | undefined,
    options: StatementOptions,
  ) {
    try {
      const answer = await client.exec({
        query,
        ...(values === undefined ? {} : { values: Buffer.isBuffer(values) ? Readable.from([values]) : values }),
        ignore_error_response: true,
        ...requestOf(options),
      });
      const body = await textOfStream(answer.stream);
      const code = codeOf(answer.response_headers, body);
      if (code !== undefined) throw refusal(what, code, body);
      if (answer.http_status_code !== undefined && answer.http_status_code >= 400) {
        throw new Error(`HTTP ${answer.http_status_code}: ${body.slice(0, 200)}`);
      }
    } catch (error) {
      throw failureOf(what, error);
    }
  }

  async function* stream<Row>(statement: string, options: StatementOptions = {}): AsyncGenerator<Row> {
    const query = statement + settingsClause(options.settings);
    try {
      const result = await client.query({ query, format: 'JSONEachRow', ...requestOf(options) });
      for await (const rows of result.stream<Row>()) for (const row of rows) yield row.json();
    } catch (error) {
      throw failureOf(summaryOf(statement), error);
    }
  }

  async function ask(query: string, options: Omit<StatementOptions, 'settings'> = {}): Promise<Answer> {
    try {
      const answer = await client.exec({
        query,
        ignore_error_response: true,
        clickhouse_settings: { default_format: answerFormat },
        ...requestOf(options),
      });
      const code = Number(answer.response_headers['x-clickhouse-exception-code'] ?? 0);
      if (code > 0) throw queryFailure(await textOfStream(answer.stream), code, query);
      const format = answer.response_headers['x-clickhouse-format'];
      if (format !== undefined && format !== answerFormat) {
        answer.stream.destroy();
        throw new ResonantError('query-refused', `expected a statement without FORMAT, got one with FORMAT ${format}`);
      }
      return await answerOf(answer.stream, answer.query_id);
    } catch (error) {
      if (isResonantError(error)) throw error;
      throw failureOf(summaryOf(query), error);
    }
  }

  return {
    command: (statement, options = {}) =>
      execute(summaryOf(statement), statement + settingsClause(options.settings), undefined, options),
    query: async <Row>(statement: string, options?: StatementOptions) => {
      const rows: Row[] = [];
      for await (const row of stream<Row>(statement, options)) rows.push(row);
      return rows;
    },
    stream,
    readRaw: async (statement, format, options = {}) => {
      const query = `${statement}${settingsClause(options.settings)} FORMAT ${checkedFormat(format)}`;
      try {
        return (await client.exec({ query, ...requestOf(options) })).stream;
      } catch (error) {
        throw failureOf(summaryOf(statement), error);
      }
    },
    ask,
    insertRaw: ({ table, format, body, settings, signal }) =>
      execute(
        `insert into ${table}`,
        `INSERT INTO ${table}${settingsClause(settings)} FORMAT ${format}`,
        body,
        signal === undefined ? {} : { signal },
      ),
    ping: async () => {
      const answer = await client.ping();
      if (!answer.success) throw failureOf('ping', answer.error);
    },
    close: () => client.close(),
  };
}

const requestOf = ({ params, signal, queryId }: StatementOptions) => ({
  ...(params === undefined ? {} : { query_params: { ...params } }),
  ...(signal === undefined ? {} : { abort_signal: signal }),
  ...(queryId === undefined ? {} : { query_id: queryId }),
});

/** ClickHouse names its error in a header; behind one that hides headers the code opens the body. */
function codeOf(headers: Readonly<Record<string, string | string[] | undefined>>, body: string): number | undefined {
  const header = headers['x-clickhouse-exception-code'];
  const code = Number(header ?? /^Code: (\d+)\. /.exec(body)?.[1]);
  return Number.isInteger(code) && code > 0 ? code : undefined;
}

function checkedFormat(format: string): string {
  if (!/^[A-Za-z]+$/.test(format)) throw new TypeError(`expected the name of a format, got ${format}`);
  return format;
}

const summaryOf = (statement: string): string => statement.trim().replace(/\s+/g, ' ').slice(0, 60);
