import type { Token } from './lexer.ts';
import { denied } from './query-error.ts';
import { isSign, isWord, type Statement } from './statement.ts';

/** What analysts may read of the product's own database. */
export interface OpenObjects {
  readonly database: string;
  /** Tables, views and dictionaries. */
  readonly names: ReadonlySet<string>;
  /** Those that functions may look words up in. */
  readonly dictionaries: ReadonlySet<string>;
}

/** Databases that an analyst may not name: the engine's own, and the one in which names of tables are files. */
export const closedDatabases: ReadonlySet<string> = new Set(['system', 'default', '_temporary_and_external_tables']);

const hint = 'a column or alias of that name is written with its table before it, as in t.a';

/** Where an analyst's statement runs. */
export interface Scene {
  /** Names of all tables of the product's database. */
  readonly existing: ReadonlySet<string>;
  /** The database of names that have none before them. */
  readonly database: string;
}

/**
 * Throws if a statement of an analyst may read a table of the product's database that is not open. A bare name may be a
 * column; it counts as a table if there is one of that name.
 */
export function checkTables(tokens: readonly Token[], open: OpenObjects, { existing, database }: Scene): void {
  for (const [at, { kind, value }] of tokens.entries()) {
    // Of what is not there the engine says so, and what was meant perhaps.
    if ((kind !== 'word' && kind !== 'name') || open.names.has(value) || !existing.has(value)) continue;
    const isElsewhere = database !== open.database && !isSign(tokens[at - 1], '.');
    if (!isOf(open.database, tokens, at) && (isElsewhere || isColumn(tokens, at))) continue;
    throw denied(`${open.database}.${value} is not granted; ${hint}`);
  }
}

/** Behind `database.`, at the end of a name or before a column. */
const isOf = (database: string, tokens: readonly Token[], at: number): boolean =>
  isSign(tokens[at - 1], '.') && tokens[at - 2]?.value === database;

/** A column behind its table, an alias where it is given, or the name of a parameter. */
const isColumn = (tokens: readonly Token[], at: number): boolean => {
  const table = tokens[at - 2];
  const isQualified = isSign(tokens[at - 1], '.') && (table?.kind === 'word' || table?.kind === 'name');
  return isQualified || isWord(tokens[at - 1], 'AS') || (isSign(tokens[at - 1], '{') && isSign(tokens[at + 1], ':'));
};

/**
 * Throws if a function looks words up in a dictionary that is not open. The dictionary has to be named by a literal: what
 * is put together is known only to the engine.
 */
export function checkDictionaries(tokens: readonly Token[], open: OpenObjects): void {
  for (const [at, token] of tokens.entries()) {
    if ((token.kind !== 'word' && token.kind !== 'name') || !/^dict(get|has|isin)/i.test(token.value)) continue;
    if (!isSign(tokens[at + 1], '(')) {
      if (isSign(tokens[at - 1], '.') || isSign(tokens[at + 1], '.') || isWord(tokens[at - 1], 'AS')) continue;
      throw denied(`the function ${token.value} is not granted without its arguments; ${hint}`);
    }
    const named = tokens[at + 2];
    const [, database, name = ''] = /^'(?:(\w+)\.)?(\w+)'$/.exec(named?.kind === 'text' ? named.value : '') ?? [];
    const isLiteral = name !== '' && isSign(tokens[at + 3], ',');
    if (!isLiteral)
      throw denied(`${token.value} expects the name of a dictionary as a literal, e.g. '${open.database}.accounts'`);
    const isOwn = database === undefined || database === open.database;
    if (isOwn ? open.dictionaries.has(name) : !closedDatabases.has(database.toLowerCase())) continue;
    throw denied(`the dictionary ${database ?? open.database}.${name} is not granted`);
  }
}

/** Throws if a parameter names what a name in the statement could not. */
export function checkIdentifiers(
  { parameters }: Statement,
  params: ReadonlyMap<string, string>,
  open: OpenObjects,
  { existing }: Scene,
  forbiddenFunctions: ReadonlySet<string>,
): void {
  for (const { name, type } of parameters) {
    if (type.toLowerCase() !== 'identifier') continue;
    const value = params.get(name) ?? '';
    // Escapes between quotes would say something else than is read here.
    if (value.includes('\\')) throw denied(`an escape in parameter ${name} is not granted`);
    const parts = value.split('.').map((part) => part.replace(/[`"\s]/g, ''));
    const [first = ''] = parts;
    if (closedDatabases.has(first.toLowerCase())) throw denied(`the database of parameter ${name} is not granted`);
    if (forbiddenFunctions.has(first.toLowerCase())) throw denied(`the function of parameter ${name} is not granted`);
    const closed = parts.find((part) => existing.has(part) && !open.names.has(part));
    if (closed !== undefined) throw denied(`${open.database}.${closed} in parameter ${name} is not granted`);
  }
}
