import { identifier, type Token, tokensOf } from './lexer.ts';
import { QueryError } from './query-error.ts';

/**
 * `rows`: a SELECT in any of its forms; `question`: SHOW, DESCRIBE, EXPLAIN, EXISTS, CHECK; `insert`; `kill`: KILL
 * QUERY; `command`: everything else.
 */
export type StatementKind = 'rows' | 'question' | 'insert' | 'kill' | 'command';

/** A bound parameter where it stands: `{name:Type}`. */
export interface Parameter {
  readonly name: string;
  readonly type: string;
}

/** One statement, seen as far as serving it needs. */
export interface Statement {
  readonly kind: StatementKind;
  /** Without the semicolon that closes it. */
  readonly text: string;
  readonly tokens: readonly Token[];
  /** The format that it asks for itself. */
  readonly format: string | undefined;
  /** Where its FORMAT clause begins; without one its end. */
  readonly formatAt: number;
  readonly parameters: readonly Parameter[];
}

const kinds: Readonly<Record<string, StatementKind>> = {
  SELECT: 'rows',
  WITH: 'rows',
  FROM: 'rows',
  '(': 'rows',
  SHOW: 'question',
  DESCRIBE: 'question',
  DESC: 'question',
  EXPLAIN: 'question',
  EXISTS: 'question',
  CHECK: 'question',
  VALUES: 'question',
  INSERT: 'insert',
  KILL: 'kill',
};

export const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(token.value.toUpperCase());

export const isSign = (token: Token | undefined, sign: string): boolean =>
  token?.kind === 'sign' && token.value === sign;

/** The kind of a statement by its first word; undefined if it has none. Reads no further, since data may follow. */
export function kindOf(sql: string): StatementKind | undefined {
  const first = tokensOf(sql).next().value as Token | undefined;
  return first === undefined ? undefined : (kinds[first.value.toUpperCase()] ?? 'command');
}

/**
 * Reads a statement that no data follow. Throws a syntax error if there is none or more than one, as ClickHouse does
 * over HTTP.
 */
export function readStatement(sql: string): Statement {
  const all = [...tokensOf(sql)];
  const close = all.findIndex((token) => isSign(token, ';'));
  const tokens = close < 0 ? all : all.slice(0, close);
  if (tokens.length === 0) throw new QueryError('SYNTAX_ERROR', 'Empty query: put it into the body or ?query=');
  if (close >= 0 && all.slice(close).some((token) => !isSign(token, ';'))) {
    throw new QueryError('SYNTAX_ERROR', 'Multi-statements are not allowed: send one statement a request');
  }
  const text = close < 0 ? sql : sql.slice(0, (all[close] as Token).start);
  const kind = kindOf(text) ?? 'command';
  const format = formatClause(tokens);
  return {
    kind: kind === 'rows' && tokens.some((token) => isWord(token, 'INSERT')) && insertsAtTop(tokens) ? 'insert' : kind,
    text,
    tokens,
    format: format?.name,
    formatAt: format?.start ?? text.length,
    parameters: parametersOf(tokens, text),
  };
}

/** Whether it only changes the session that it runs in. */
export const changesSession = ({ tokens }: Statement): boolean =>
  isWord(tokens[0], 'SET', 'USE') ||
  (isWord(tokens[0], 'CREATE') && tokens.slice(1, 4).some((token) => isWord(token, 'TEMPORARY')));

/** `WITH … INSERT INTO … SELECT`. */
const insertsAtTop = (tokens: readonly Token[]): boolean =>
  topLevel(tokens).some((at) => isWord(tokens[at], 'INSERT') && isWord(tokens[at + 1], 'INTO'));

/** `FORMAT name` at the end, or before a last SETTINGS clause. */
function formatClause(tokens: readonly Token[]): { readonly name: string; readonly start: number } | undefined {
  for (const at of topLevel(tokens).reverse()) {
    const name = tokens[at + 1];
    // The engine itself quotes names that are keywords as well: FORMAT `Null`.
    if (!isWord(tokens[at], 'FORMAT') || (name?.kind !== 'word' && name?.kind !== 'name')) continue;
    if (isSign(tokens[at - 1], '.') || isWord(tokens[at - 1], 'AS')) continue;
    const behind = tokens[at + 2];
    if (behind === undefined || isWord(behind, 'SETTINGS')) {
      return { name: name.value, start: (tokens[at] as Token).start };
    }
  }
  return undefined;
}

/** Places of tokens outside all brackets. */
function topLevel(tokens: readonly Token[]): number[] {
  const places: number[] = [];
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'sign' && '([{'.includes(token.value)) depth++;
    else if (token.kind === 'sign' && ')]}'.includes(token.value)) depth--;
    else if (depth === 0) places.push(at);
  }
  return places;
}

function parametersOf(tokens: readonly Token[], text: string): readonly Parameter[] {
  return tokens.flatMap((token, at) => {
    const name = tokens[at + 1];
    if (!isSign(token, '{') || name?.kind !== 'word' || !isSign(tokens[at + 2], ':')) return [];
    const close = tokens.slice(at).find((later) => isSign(later, '}'));
    return [{ name: name.value, type: text.slice(tokens[at + 2]?.end, close?.start).trim() }];
  });
}

/** The text with an INTO OUTFILE clause that sends its rows to a file; `format` counts if it names none itself. */
export function withOutfile(statement: Statement, path: string, format: string): string {
  const { text, formatAt } = statement;
  const tail = statement.format === undefined ? `FORMAT ${format}` : text.slice(formatAt);
  return `${text.slice(0, formatAt)}\nINTO OUTFILE '${path}' APPEND ${tail}`;
}

/** The text with each literal as a question mark and without comments, for logs. */
export function withoutLiterals(sql: string, mostTokens = 500): string {
  let text = '';
  let n = 0;
  let end = 0;
  for (const token of tokensOf(sql)) {
    if (++n > mostTokens) return `${text} …`;
    const isLiteral = token.kind === 'text' || token.kind === 'number';
    const value = isLiteral ? '?' : token.kind === 'name' ? identifier(token.value) : token.value;
    text += token.start > end && text !== '' ? ` ${value}` : value;
    end = token.end;
  }
  return text;
}
