import type { Session } from './engine.ts';
import { literal } from './lexer.ts';

/** Names of the tables of one database. Every statement goes through this process, so they are asked for after changes alone. */
export class OwnTables {
  readonly #database: string;
  #names: ReadonlySet<string> | undefined;
  #changes = 0;
  #running = 0;

  constructor(database: string) {
    this.#database = database;
  }

  /** Runs what may make or remove tables. */
  async changedBy<T>(work: () => Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#changes++;
      this.#names = undefined;
    }
  }

  async names(session: Session): Promise<ReadonlySet<string>> {
    // A table may be there before the statement that makes it has ended.
    if (this.#names !== undefined && this.#running === 0) return this.#names;
    const before = this.#changes;
    const sql = `SELECT name FROM system.tables WHERE database = ${literal(this.#database)}`;
    const lines = Buffer.from((await session.run(sql)).bytes)
      .toString()
      .split('\n');
    const names = new Set(lines.filter((line) => line !== ''));
    if (this.#changes === before) this.#names = names;
    return names;
  }
}
