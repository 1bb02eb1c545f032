import { ResonantError } from '@resonant/contracts';

/** Deepest nesting of arrays and objects that is read. */
export const maxDepth = 32;

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
const lineFeed = 0x0a;

/** Parses one JSON value. Throws `malformed-body` for bytes that are not UTF-8 or not JSON, or nested too deep. */
export function readJson(bytes: Buffer): unknown {
  checkDepth(bytes);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ResonantError('malformed-body', 'expected UTF-8, got other bytes', { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ResonantError('malformed-body', `expected JSON: ${parserMessage(error)}`, { cause: error });
  }
}

/** Only where it failed: the parser's message may quote the body. */
const parserMessage = (error: unknown): string =>
  /at position \d+(?: \(line \d+ column \d+\))?|Unexpected end of JSON input/.exec((error as Error).message)?.[0] ??
  'a syntax error';

function checkDepth(bytes: Buffer): void {
  let depth = 0;
  for (const { byte } of structure(bytes, 0)) {
    if (byte === openArray || byte === openObject) depth++;
    else if (byte === closeArray || byte === closeObject) depth--;
    if (depth > maxDepth) throw new ResonantError('malformed-body', `nested deeper than ${maxDepth} levels`);
  }
}

/** The bytes of each item of a JSON array, as they came. Throws `malformed-body` if it is no array or has no end. */
export function arrayItems(bytes: Buffer): readonly Buffer[] {
  const start = firstOther(bytes, hasMark(bytes) ? 3 : 0);
  if (bytes[start] !== openArray) throw new ResonantError('malformed-body', 'expected a JSON array of events');
  const items: Buffer[] = [];
  let depth = 0;
  let from = start + 1;
  for (const { byte, at } of structure(bytes, start)) {
    if (byte === openArray || byte === openObject) depth++;
    else if (byte === closeArray || byte === closeObject) depth--;
    if (depth === 1 && byte === comma) {
      items.push(trimmed(bytes, from, at));
      from = at + 1;
    }
    if (depth > 0) continue;
    if (byte !== closeArray || firstOther(bytes, at + 1) < bytes.length) break;
    const last = trimmed(bytes, from, at);
    return last.length === 0 && items.length === 0 ? [] : [...items, last];
  }
  throw new ResonantError('malformed-body', 'the JSON array does not end where it should');
}

/** The bytes of each line that is not blank (NDJSON). */
export function lineItems(bytes: Buffer): readonly Buffer[] {
  const items: Buffer[] = [];
  let from = hasMark(bytes) ? 3 : 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(lineFeed, from);
    const line = trimmed(bytes, from, end < 0 ? bytes.length : end);
    if (line.length > 0) items.push(line);
    from = end < 0 ? bytes.length : end + 1;
  }
  return items;
}

/** Brackets and commas outside of strings. Works on bytes: in UTF-8 they are never part of another character. */
function* structure(bytes: Buffer, start: number): Generator<{ readonly byte: number; readonly at: number }> {
  let inString = false;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (inString) {
      if (byte === backslash) at++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (isStructural(byte)) yield { byte, at };
  }
}

const isStructural = (byte: number): boolean =>
  byte === comma || byte === openArray || byte === closeArray || byte === openObject || byte === closeObject;

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === lineFeed || byte === 0x0d;

function firstOther(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

function trimmed(bytes: Buffer, from: number, to: number): Buffer {
  let end = to;
  while (end > from && isSpace(bytes[end - 1])) end--;
  return bytes.subarray(Math.min(firstOther(bytes, from), end), end);
}

const hasMark = (bytes: Buffer): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
