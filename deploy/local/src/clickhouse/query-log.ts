import type { ClickhouseUser } from '@resonant/cli';
import { identifier } from './lexer.ts';
import type { QueryError } from './query-error.ts';
import type { Summary } from './reply.ts';
import type { QueryRequest } from './request.ts';
import { type StatementKind, withoutLiterals } from './statement.ts';

/** A row of the table `queries`. */
export interface LoggedQuery {
  readonly query_id: string;
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly asked_at: number;
  /** Without literals: they may be secrets or persons. */
  readonly statement: string;
  /** How long each value is, never the value. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly duration_ms: number;
  readonly n_rows: number;
  readonly code: number;
}

const mostHeld = 2000;

/**
 * Whether a statement belongs in the query log: all that an analyst asks, and what the writer does besides reading and
 * inserting. The product reads its own tables all the time and its inserts are told of by the ledger: among them nobody
 * would find what people ask.
 */
export const isLogged = (user: ClickhouseUser, kind: StatementKind | undefined): boolean =>
  kind !== 'insert' && (user === 'analyst' || (kind !== 'rows' && kind !== 'question'));

/** Only what is known of this engine; the other columns keep their defaults. */
export function loggedQuery(
  request: QueryRequest,
  askedAt: number,
  durationMs: number,
  outcome: Summary | QueryError,
): LoggedQuery {
  const text = request.query === '' ? request.body.subarray(0, 64 << 10).toString() : request.query;
  return {
    query_id: request.queryId,
    user: request.user,
    asked_at: askedAt,
    statement: withoutLiterals(text),
    parameters: Object.fromEntries([...request.params].map(([name, value]) => [name, `${value.length} characters`])),
    duration_ms: Math.round(durationMs),
    n_rows: 'code' in outcome ? 0 : outcome.resultRows,
    code: 'code' in outcome ? outcome.code : 0,
  };
}

/** Queries that were asked, stored now and then; no query ever waits for it. */
export class QueryLog {
  readonly #insert: (sql: string, rows: Buffer) => Promise<unknown>;
  readonly #table: string;
  readonly #onLine: (line: string) => void;
  readonly #timer: NodeJS.Timeout;
  #held: LoggedQuery[] = [];
  #dropped = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly database: string;
    readonly everyMs: number;
    readonly insert: (sql: string, rows: Buffer) => Promise<unknown>;
    readonly onLine: (line: string) => void;
  }) {
    this.#insert = options.insert;
    this.#table = `${identifier(options.database)}.queries`;
    this.#onLine = options.onLine;
    this.#timer = setInterval(() => void this.flush(), options.everyMs);
  }

  add(query: LoggedQuery): void {
    if (this.#held.length < mostHeld) this.#held.push(query);
    else this.#dropped++;
  }

  /** Stores what is held. If that fails (the table may not be there yet) it is kept, and tried again later. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.flush();
  }

  async #write(): Promise<void> {
    const rows = this.#held;
    if (rows.length === 0) return;
    this.#held = [];
    try {
      const columns = Object.keys(rows[0] as LoggedQuery).join(', ');
      const data = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      await this.#insert(`INSERT INTO ${this.#table} (${columns}) FORMAT JSONEachRow`, data);
      if (this.#dropped > 0) this.#onLine(`${this.#dropped} queries are not in the query log: more came than it holds`);
      this.#dropped = 0;
    } catch {
      const kept = [...rows, ...this.#held];
      this.#dropped += Math.max(0, kept.length - mostHeld);
      this.#held = kept.slice(-mostHeld);
    }
  }
}
