import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { ResonantError } from '@resonant/contracts';
import { type LogEntry, parseLine } from '@resonant/engine';

/**
 * The lines of a stream, as many at a time as have come; null stands for one that is no UTF-8. A line feed at the very
 * end begins no line.
 */
export async function* linesOf(input: Readable): AsyncGenerator<readonly (string | null)[]> {
  let pieces: Buffer[] = [];
  for await (const chunk of input) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    const end = bytes.lastIndexOf('\n');
    if (end < 0) {
      pieces.push(bytes);
      continue;
    }
    yield linesIn(Buffer.concat([...pieces, bytes.subarray(0, end)]));
    pieces = end + 1 < bytes.length ? [bytes.subarray(end + 1)] : [];
  }
  const last = Buffer.concat(pieces);
  if (last.length > 0) yield linesIn(last);
}

function linesIn(bytes: Buffer): readonly (string | null)[] {
  if (isUtf8(bytes)) return bytes.toString().split('\n');
  return bytes
    .toString('latin1')
    .split('\n')
    .map((line) => Buffer.from(line, 'latin1'))
    .map((line) => (isUtf8(line) ? line.toString() : null));
}

/**
 * A line that `linesOf` read as an entry of the log. Throws ResonantError `malformed-body` that names the line
 * (`number`, counted from 1) for anything that is none.
 */
export function entryOfLine(line: string | null, number: number): LogEntry {
  if (line !== null) return parseLine(line, number);
  throw new ResonantError('malformed-body', `line ${number}: expected text in UTF-8, got other bytes`, {
    extra: { line: number },
  });
}

/** The entries of a log, one after the other. Throws as `entryOfLine` does. */
export async function* entriesOf(input: Readable): AsyncGenerator<LogEntry> {
  let line = 0;
  for await (const lines of linesOf(input)) for (const text of lines) yield entryOfLine(text, ++line);
}
