import { isUtf8 } from 'node:buffer';
import { addAbortSignal, type Readable } from 'node:stream';
import { ResonantError } from '@resonant/contracts';
import { type LogEntry, parseLine } from '@resonant/engine';

/** A line of text, or what stands in its place. */
export type Line = string | { readonly expected: string; readonly got: string };

/** More than any record of a topic becomes as JSON. */
const longestLine = 1 << 24;
const notUtf8: Line = { expected: 'text in UTF-8', got: 'other bytes' };
const tooLong: Line = { expected: `a line of at most ${longestLine} bytes`, got: 'more' };

/**
 * The lines of a stream, as many at a time as have come. A line feed at the very end begins no line; behind a line that
 * is too long nothing is read. Once `signal` is aborted reading ends, and throws.
 */
export async function* linesOf(input: Readable, signal: AbortSignal): AsyncGenerator<readonly Line[]> {
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of addAbortSignal(signal, input)) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    const end = bytes.lastIndexOf('\n');
    if (end >= 0) {
      yield linesIn(Buffer.concat([...pieces, bytes.subarray(0, end)]));
      [pieces, length] = [[], 0];
    }
    const rest = bytes.subarray(end + 1);
    if (rest.length > 0) pieces.push(rest);
    length += rest.length;
    if (length > longestLine) return yield [tooLong];
  }
  if (length > 0) yield linesIn(Buffer.concat(pieces));
}

function linesIn(bytes: Buffer): readonly Line[] {
  if (isUtf8(bytes)) return bytes.toString().split('\n');
  return bytes
    .toString('latin1')
    .split('\n')
    .map((line) => Buffer.from(line, 'latin1'))
    .map((line) => (isUtf8(line) ? line.toString() : notUtf8));
}

/**
 * A line that `linesOf` read as an entry of the log. Throws ResonantError `malformed-body` that names the line
 * (`number`, counted from 1) for anything that is none.
 */
export function entryOfLine(line: Line, number: number): LogEntry {
  if (typeof line === 'string') return parseLine(line, number);
  throw new ResonantError('malformed-body', `line ${number}: expected ${line.expected}, got ${line.got}`, {
    extra: { line: number },
  });
}

/** The entries of a log, one after the other. Throws as `entryOfLine` does. */
export async function* entriesOf(input: Readable, signal: AbortSignal): AsyncGenerator<LogEntry> {
  let line = 0;
  for await (const lines of linesOf(input, signal)) for (const text of lines) yield entryOfLine(text, ++line);
}
