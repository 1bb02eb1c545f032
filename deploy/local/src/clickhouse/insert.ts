import { type Token, tokensOf } from './lexer.ts';
import { QueryError } from './query-error.ts';
import { isSign, isWord } from './statement.ts';

/** An INSERT whose data follow its text. */
export interface DataInsert {
  readonly from: 'data';
  /** The statement that reads the data from a file. */
  readonly readingFrom: (path: string) => string;
  readonly data: Buffer;
}

/** An INSERT: one whose rows come from a query, or one with data. */
export type Insert = { readonly from: 'query' } | DataInsert;

/** A statement without its data is no longer. */
const mostHead = 256 << 10;

/**
 * Parts text and data of an INSERT: `query` is what the URL says, `body` what follows. The engine must not see data as
 * part of a text: it takes a blank line for their end, and what follows for the next statement.
 */
export function readInsert(query: string, body: Buffer): Insert {
  // One byte a character, so that places in the text are places in the bytes.
  const whole = query === '' ? body : Buffer.concat([Buffer.from(query), Buffer.from('\n'), body]);
  const head = whole.subarray(0, mostHead).toString('latin1');
  const tokens: Token[] = [];
  let depth = 0;
  let clausesAt: number | undefined;
  for (const token of tokensOf(head)) {
    const before = tokens.at(-1);
    tokens.push(token);
    if (isSign(token, '(') || isSign(token, '{')) depth++;
    if (isSign(token, ')') || isSign(token, '}')) depth--;
    if (depth === 1 && isWord(token, 'SELECT') && isSign(before, '(')) return { from: 'query' };
    if (depth > 0 || tokens.length < 3) continue;
    if (isWord(before, 'FORMAT') && token.kind === 'word') {
      return dataBehind(whole, tokens, clausesAt ?? (before as Token).start, token.end, '');
    }
    if (isWord(token, 'VALUES'))
      return dataBehind(whole, tokens, clausesAt ?? token.start, token.end, ' FORMAT Values');
    if (isWord(token, 'SELECT', 'WITH')) return { from: 'query' };
    if (isWord(token, 'INFILE')) {
      throw new QueryError(
        'NOT_IMPLEMENTED',
        'INSERT FROM INFILE is not supported over HTTP: send the data in the body',
      );
    }
    if (isWord(token, 'SETTINGS') && !isWord(before, 'INTO', 'TABLE') && !isSign(before, '.'))
      clausesAt ??= token.start;
  }
  // The engine says what it misses.
  return { from: 'query' };
}

function dataBehind(whole: Buffer, tokens: readonly Token[], clausesAt: number, end: number, format: string): Insert {
  const isValues = format !== '';
  const text = (from: number, to: number): string => whole.subarray(from, to).toString();
  const textEnd = isValues ? (tokens.at(-1) as Token).start : end;
  return {
    from: 'data',
    readingFrom: (path) =>
      `${text(0, clausesAt)} FROM INFILE '${path}' COMPRESSION 'none' ${text(clausesAt, textEnd)}${format}`,
    data: whole.subarray(isValues ? end : dataStart(whole, end)),
  };
}

/** Data begin behind the first line's end, if only blanks (and a semicolon) come before it, or behind these. */
function dataStart(whole: Buffer, formatEnd: number): number {
  const isBlank = (at: number): boolean => whole[at] === 0x20 || whole[at] === 0x09 || whole[at] === 0x0c;
  let at = formatEnd;
  while (isBlank(at)) at++;
  if (whole[at] === 0x3b) {
    at++;
    while (isBlank(at)) at++;
  }
  if (whole[at] === 0x0d) at++;
  if (whole[at] === 0x0a) at++;
  return at;
}
