import type { Readable } from 'node:stream';
import { ResonantError } from '@resonant/contracts';
import { queryFailure } from './query-failure.ts';

/** A column of an answer. */
export interface Column {
  readonly name: string;
  /** ClickHouse type, e.g. `DateTime64(3, 'UTC')`. */
  readonly type: string;
}

/** The answer to a query, as it comes. Whoever stops early calls `close`, which ends the query. */
export interface Answer {
  readonly queryId: string;
  readonly columns: readonly Column[];
  /**
   * Rows in their order, each the text of a JSON array with a value a column: 64-bit integers are numbers of any length,
   * so their digits are kept. Rejects with `query-refused`, `query-limit` or `history-unavailable` if the query fails
   * on the way; what came before is then not all. Can be read once, and reads no faster than it is asked.
   */
  rows(): AsyncGenerator<string>;
  close(): void;
}

/** The format that answers are read in. */
export const answerFormat = 'JSONCompactEachRowWithNamesAndTypes';

/** Larger rows than this are refused, in bytes: a row is held in memory as a whole. */
const maxRowBytes = 16 << 20;

/** What has come and is not asked for yet, in bytes: above it nothing more is read. */
const maxHeldBytes = 1 << 20;

/** Reads names and types from the body of an answer in `answerFormat`; rejects like `Answer.rows`. */
export async function answerOf(body: Readable, queryId: string): Promise<Answer> {
  const lines = linesOf(chunksOf(body));
  const rows = rowsOf(lines);
  try {
    const names = await headOf(rows);
    const types = await headOf(rows);
    return {
      queryId,
      columns: names.map((name, at) => ({ name, type: types[at] ?? '' })),
      rows: () => rows,
      close: () => body.destroy(),
    };
  } catch (error) {
    body.destroy();
    throw error;
  }
}

async function headOf(rows: AsyncGenerator<string>): Promise<readonly string[]> {
  const { value, done } = await rows.next();
  // A statement without a result, such as SET, has no head.
  return done ? [] : (JSON.parse(value) as string[]);
}

async function* rowsOf(lines: AsyncGenerator<string>): AsyncGenerator<string> {
  for await (const line of lines) {
    if (line.startsWith('[') && line.endsWith(']')) yield line;
    // An error that comes when rows are under way stands behind them as text.
    else if (line.trim() !== '') throw queryFailure(await textFrom(line, lines));
  }
}

async function textFrom(first: string, lines: AsyncGenerator<string>): Promise<string> {
  let text = first;
  try {
    for await (const line of lines) {
      text += `\n${line}`;
      if (text.length > 10_000) break;
    }
  } catch {
    // Behind its text ClickHouse cuts the connection, so that nobody takes the answer for whole.
  }
  return text;
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      pending.push(chunk.subarray(from, end));
      yield Buffer.concat(pending).toString('utf8');
      pending = [];
      size = 0;
      from = end + 1;
    }
    pending.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > maxRowBytes) {
      throw new ResonantError('query-limit', `expected rows of at most ${maxRowBytes} bytes, got a larger one`);
    }
  }
  if (size > 0) yield Buffer.concat(pending).toString('utf8');
}

/**
 * The chunks of a body up to its end or its failure. An iteration over a stream that fails gives up what the stream
 * holds, and with it why the query failed: here that is taken first.
 */
async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  const queue: Buffer[] = [];
  let held = 0;
  let isOver = false;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const hold = (chunk: Buffer): void => {
    queue.push(chunk);
    held += chunk.length;
  };
  const over = (error?: Error): void => {
    if (isOver) return;
    isOver = true;
    failure = error;
    for (let left = body.read() as Buffer | null; left !== null; left = body.read() as Buffer | null) hold(left);
    wake();
  };
  body.on('data', (chunk: Buffer) => {
    if (isOver) return;
    hold(chunk);
    if (held > maxHeldBytes) body.pause();
    wake();
  });
  body.once('end', () => over());
  body.once('error', over);
  body.once('close', () => over(body.readableEnded ? undefined : new Error('the connection was closed')));
  try {
    for (;;) {
      const chunk = queue.shift();
      if (chunk !== undefined) {
        held -= chunk.length;
        if (held <= maxHeldBytes / 2 && body.isPaused()) body.resume();
        yield chunk;
      } else if (failure !== undefined) throw failure;
      else if (isOver) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    body.destroy();
  }
}
