import { mkdirSync } from 'node:fs';
import { type Connection, loadNative, type Native, type RawInsert, type RawResult } from './chdb.ts';
import { identifier } from './lexer.ts';

/**
 * One connection of the engine with settings of its own. A statement at a time; close it when its last promise has
 * settled, and never before: the engine would abort.
 */
export class Session {
  readonly #native: Native;
  readonly #connection: Connection;

  constructor(native: Native, folder: string) {
    this.#native = native;
    this.#connection = native.CreateConnection(folder);
  }

  /** Runs statements; `format` is that of results that name none. Rejects with the engine's message. */
  run(sql: string, format = 'TabSeparated'): Promise<RawResult> {
    return this.#native.QueryAsyncConnection(this.#connection, sql, format);
  }

  /**
   * Runs an INSERT from a query. One with data behind its text must not come here: the engine takes a blank line for
   * the end of data, and what follows for the next statement.
   */
  insertFromQuery(sql: string): Promise<RawInsert> {
    return this.#native.InsertRawAsyncConnection(this.#connection, sql, new Uint8Array(0), false);
  }

  close(): void {
    this.#native.CloseConnection(this.#connection);
  }
}

/** The engine in this process, on one data folder for as long as the process lives. */
export class Engine {
  readonly #native: Native;
  readonly #folder: string;
  readonly #keep: Session;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#native = loadNative();
    // The engine shuts down with its last connection.
    this.#keep = this.open();
  }

  /** A new session costs about a millisecond and starts from the engine's defaults. */
  open(): Session {
    return new Session(this.#native, this.#folder);
  }

  /** Runs `work` in a session of its own. */
  async inSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = this.open();
    try {
      return await work(session);
    } finally {
      session.close();
    }
  }

  /**
   * Makes the database if it is missing and runs what else there is to be prepared; gives the engine's version and the
   * names of its table functions.
   */
  prepare(
    database: string,
    statements: readonly string[],
  ): Promise<{ readonly version: string; readonly tableFunctions: readonly string[] }> {
    return this.inSession(async (session) => {
      const lines = async (sql: string): Promise<readonly string[]> =>
        Buffer.from((await session.run(sql)).bytes)
          .toString()
          .trimEnd()
          .split('\n');
      for (const statement of [`CREATE DATABASE IF NOT EXISTS ${identifier(database)}`, ...statements]) {
        await session.run(statement);
      }
      const [version] = await lines('SELECT version()');
      return { version: version ?? '', tableFunctions: await lines('SELECT name FROM system.table_functions') };
    });
  }

  /** Shuts the engine down: all sessions have to be closed. */
  close(): void {
    this.#keep.close();
  }
}
