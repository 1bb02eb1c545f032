/**
 * `word`: a keyword or a bare identifier; `name`: a quoted identifier; `text`: a string; `sign`: one character.
 */
export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'sign';
  /** As written; of a `name` what stands between the quotes, with its escapes undone. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const space = /\s+|--[^\n]*|#[!\s][^\n]*|\/\*[\s\S]*?\*\//y;
const heredoc = /\$(\w*)\$[\s\S]*?\$\1\$/y;
const word = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const number = /(?:0[xX][\da-fA-F_.]+(?:[pP][+-]?\d+)?|0[bB][01]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?)/y;
const closing: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '‘': '’', '“': '”' };

/**
 * Tokens of a statement, without space and comments. What is not closed runs to the end: the engine says what is wrong
 * with it.
 */
export function* tokensOf(sql: string): Generator<Token> {
  let at = 0;
  const match = (form: RegExp): string | undefined => {
    form.lastIndex = at;
    return form.exec(sql)?.[0];
  };
  while (at < sql.length) {
    const skipped = match(space);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const start = at;
    const first = sql[at] as string;
    const close = closing[first];
    if (close !== undefined) {
      at = endOfQuoted(sql, start, close);
      const isText = close === "'" || close === '’';
      yield {
        kind: isText ? 'text' : 'name',
        value: isText ? sql.slice(start, at) : unquoted(sql.slice(start + 1, at - 1), close),
        start,
        end: at,
      };
      continue;
    }
    const doc = first === '$' ? match(heredoc) : undefined;
    const bare = match(word);
    const digits = bare === undefined ? match(number) : undefined;
    const value = doc ?? bare ?? digits ?? first;
    at += value.length;
    const kind = doc !== undefined ? 'text' : bare !== undefined ? 'word' : digits !== undefined ? 'number' : 'sign';
    yield { kind, value, start, end: at };
  }
}

/** A quote is escaped by a backslash or by itself. */
function endOfQuoted(sql: string, start: number, close: string): number {
  for (let at = start + 1; at < sql.length; at++) {
    if (sql[at] === '\\') at++;
    else if (sql[at] === close) {
      if (sql[at + 1] !== close) return at + 1;
      at++;
    }
  }
  return sql.length;
}

const unquoted = (inner: string, close: string): string =>
  inner.replaceAll(close + close, close).replace(/\\(.)/gs, '$1');

/** A string literal of the engine. */
export const literal = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** A quoted identifier of the engine. */
export const identifier = (value: string): string => `\`${value.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
