import { isResonantError } from '@resonant/contracts';
import { type clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Io } from '../command.ts';
import { UsageError } from '../options.ts';
import { type Format, writeAnswer } from './output.ts';

/** One question to history, as the analyst. */
export interface Query {
  readonly statement: string;
  readonly types: ReadonlyMap<string, string>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly format: Format;
  /** Rows at most. */
  readonly limit: number;
  /** What to say beside a table without rows. */
  readonly ifEmpty?: string;
  readonly connection: { readonly [O in keyof typeof clickhouseOptions]?: string | undefined };
}

/** Progress is shown after this long, and again each time. */
const progressEveryMs = 1000;

/**
 * Asks and writes the answer; says on standard error how far it is, if that is a terminal, and what was cut. Returns the
 * exit code: 0 answered, 1 refused, past a limit or ClickHouse away, 2 the statement or a parameter is wrong.
 */
export async function runQuery(query: Query, io: Io): Promise<number> {
  const { parameterValues } = await import('@resonant/clickhouse');
  const { statement, format, limit } = query;
  const params = wrongCall(() => parameterValues(query.types, query.parameters, Date.now()));
  const clickHouse = await historyOf(query.connection, io.env, 'analyst');
  const started = performance.now();
  let seen = 0;
  const isTerminal = (io.stderr as { readonly isTTY?: boolean }).isTTY === true;
  const tell = (): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    io.stderr.write(`\r${seen === 0 ? 'waiting for rows' : `${seen} rows`}, ${seconds} s \x1b[K`);
  };
  const timer = isTerminal ? setInterval(tell, progressEveryMs) : undefined;
  try {
    const answer = await clickHouse.ask(statement, { params, signal: io.signal });
    const onRow = (rows: number): void => {
      seen = rows;
    };
    const { rows, isCut } = await writeAnswer(answer, { format, limit, stdout: io.stdout, onRow });
    if (isTerminal) io.stderr.write('\r\x1b[K');
    if (rows === 0 && format === 'table') io.stderr.write(`${['No rows.', query.ifEmpty].filter(Boolean).join(' ')}\n`);
    if (isCut) io.stderr.write(`Cut after ${rows} rows: there are more; --limit N shows up to N.\n`);
    return 0;
  } catch (error) {
    if (isTerminal) io.stderr.write('\r\x1b[K');
    if (!isResonantError(error) || io.signal.aborted) throw error;
    const { line, column } = error.extra;
    if (typeof line === 'number' && typeof column === 'number') io.stderr.write(pointer(statement, line, column));
    io.stderr.write(`${error.message}\n`);
    return error.code === 'query-refused' ? 2 : 1;
  } finally {
    clearInterval(timer);
    await clickHouse.close();
  }
}

/** The line of a statement, and a mark under the place where it cannot be read. */
export function pointer(statement: string, line: number, column: number): string {
  const text = statement.split('\n')[line - 1] ?? '';
  const number = String(line);
  return `${number} | ${text}\n${' '.repeat(number.length)} | ${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}^\n`;
}

/** `--param name=value` as given, by name. */
export function givenParameters(texts: readonly string[]): Readonly<Record<string, string>> {
  const given = new Map<string, string>();
  for (const text of texts) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`--param expects name=value, got ${text}`);
    if (given.has(name)) throw new UsageError(`--param ${name} is given twice`);
    given.set(name, value);
  }
  return Object.fromEntries(given);
}

function wrongCall<V>(call: () => V): V {
  try {
    return call();
  } catch (error) {
    if (isResonantError(error, 'invalid-request')) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
