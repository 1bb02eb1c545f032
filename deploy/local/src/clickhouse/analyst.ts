import {
  checkDictionaries,
  checkIdentifiers,
  checkTables,
  closedDatabases,
  type OpenObjects,
  type Scene,
} from './analyst-objects.ts';
import type { Token } from './lexer.ts';
import { denied, QueryError } from './query-error.ts';
import { isSign, isWord, type Statement } from './statement.ts';

/** Table functions that read nothing but their arguments; all others are refused. */
const harmlessTableFunctions = new Set([
  'format',
  'generaterandom',
  'generateseries',
  'generate_series',
  'null',
  'numbers',
  'numbers_mt',
  'primes',
  'values',
  'view',
  'zeros',
  'zeros_mt',
]);

/** Functions that read files of the host or tell about it. */
const forbiddenFunctions = new Set([
  'file',
  'catboostevaluate',
  'getserversetting',
  'showcertificate',
  'joinget',
  'joingetornull',
]);

/** Tables of the database `system` that tell about data and language, and nothing about the host or other users. */
const openSystemTables = new Set([
  'aggregate_function_combinators',
  'collations',
  'columns',
  'completions',
  'constraints',
  'data_skipping_indices',
  'data_type_families',
  'databases',
  'documentation',
  'formats',
  'functions',
  'keywords',
  'numbers',
  'numbers_mt',
  'one',
  'projections',
  'settings',
  'settings_changes',
  'table_engines',
  'table_functions',
  'tables',
  'time_zones',
  'zeros',
  'zeros_mt',
]);

const shown = [
  'DATABASES',
  'TABLES',
  'CREATE',
  'COLUMNS',
  'FULL',
  'FIELDS',
  'EXTENDED',
  'FUNCTIONS',
  'DICTIONARIES',
  'INDEX',
  'INDEXES',
  'INDICES',
  'KEYS',
  'SETTINGS',
  'SETTING',
];

/**
 * Throws if an analyst may not ask this. `readonly` on the engine refuses changes; this refuses what reads beside the
 * tables: files of the host, other servers, other users' queries; and what is not open of the product's own tables. The
 * statement must be as the engine itself has
 * written it, so that nothing in it can be read in two ways.
 */
export class AnalystRules {
  readonly #forbidden: ReadonlySet<string>;
  readonly #open: OpenObjects;

  /** `tableFunctions`: the names of all that the engine knows; `open`: what may be read of the product's database. */
  constructor(tableFunctions: readonly string[], open: OpenObjects) {
    const names = tableFunctions.map((name) => name.toLowerCase()).filter((name) => !harmlessTableFunctions.has(name));
    this.#forbidden = new Set([...names, ...forbiddenFunctions]);
    this.#open = open;
  }

  check(statement: Statement, params: ReadonlyMap<string, string>, scene: Scene): void {
    const { kind, tokens } = statement;
    if ((kind !== 'rows' && kind !== 'question') || isWord(tokens[0], 'CHECK')) {
      throw new QueryError(
        'READONLY',
        "analyst: only SELECT, SHOW, DESCRIBE, EXPLAIN, EXISTS and KILL QUERY WHERE query_id = '…' can be executed",
      );
    }
    if (isWord(tokens[0], 'SHOW') && !isWord(tokens[1], ...shown)) {
      throw denied(`SHOW ${tokens[1]?.value ?? ''} is not granted`);
    }
    for (const [at, token] of tokens.entries()) {
      if (token.kind !== 'word' && token.kind !== 'name') continue;
      this.#checkFunction(token, tokens, at);
      checkDatabase(token, tokens, at);
      if (isWord(token, 'SETTINGS') && isSetting(tokens, at + 1)) {
        throw new QueryError(
          'READONLY',
          'analyst: settings cannot be changed in a query: leave the SETTINGS clause out',
        );
      }
      if (isWord(token, 'INTO') && isWord(tokens[at + 1], 'OUTFILE')) {
        throw denied('INTO OUTFILE is not granted: the answer is the result');
      }
    }
    checkTables(tokens, this.#open, scene);
    checkDictionaries(tokens, this.#open);
    checkIdentifiers(statement, params, this.#open, scene, forbiddenFunctions);
  }

  #checkFunction(token: Token, tokens: readonly Token[], at: number): void {
    const name = token.value.toLowerCase();
    const isCalled = isSign(tokens[at + 1], '(');
    // A bare name calls, too, where a function takes functions: arrayMap(file, …), APPLY file.
    const isColumn = isSign(tokens[at - 1], '.') || isSign(tokens[at + 1], '.') || isWord(tokens[at - 1], 'AS');
    if (isCalled ? this.#forbidden.has(name) : forbiddenFunctions.has(name) && !isColumn) {
      const hint = isCalled ? '' : `; a column of that name is written with its table before it: t.${token.value}`;
      throw denied(`the function ${token.value} is not granted: it reads beside the tables${hint}`);
    }
  }
}

/**
 * `KILL QUERY WHERE query_id = '…'`, or `IN ('…', …)`, as the statement that ends queries of analysts alone; undefined if
 * it asks for anything else.
 */
export function killOfAnalyst({ kind, tokens }: Statement): string | undefined {
  const asked = tokens.map(({ kind: form, value }) => (form === 'text' ? "''" : value.toUpperCase())).join(' ');
  const form =
    /^KILL QUERY WHERE QUERY_ID (?:= ''|IN \( ''(?: , '')* \))(?: (SYNC|ASYNC|TEST))?(?: FORMAT (\w+))?$/.exec(asked);
  if (kind !== 'kill' || form === null) return undefined;
  const ids = tokens.filter((token) => token.kind === 'text').map(({ value }) => value);
  const clauses = `${form[1] ?? 'ASYNC'}${form[2] === undefined ? '' : ` FORMAT ${tokens.at(-1)?.value}`}`;
  return `KILL QUERY WHERE query_id IN (${ids.join(', ')}) AND Settings['readonly'] = '1' ${clauses}`;
}

/** `name =`, what a SETTINGS clause goes on with. */
const isSetting = (tokens: readonly Token[], at: number): boolean =>
  (tokens[at]?.kind === 'word' || tokens[at]?.kind === 'name') && isSign(tokens[at + 1], '=');

function checkDatabase(token: Token, tokens: readonly Token[], at: number): void {
  const database = token.value.toLowerCase();
  const table = tokens[at + 2];
  const isDatabase = isSign(tokens[at + 1], '.') && !isSign(tokens[at - 1], '.');
  const follows = isWord(tokens[at - 1], 'FROM', 'IN', 'DATABASE') && isWord(tokens[0], 'SHOW');
  if (!closedDatabases.has(database) || !(isDatabase || follows)) return;
  if (database === 'system' && (follows || openSystemTables.has(table?.value.toLowerCase() ?? ''))) return;
  throw denied(`${database}.${follows ? '*' : (table?.value ?? '')} is not granted`);
}

/** Throws if an analyst may not work in this database; gives the one to work in. */
export function analystDatabase(given: string | undefined, own: string): string {
  // Clients name the engine's default if they are told nothing.
  if (given === undefined || given === '' || given === 'default') return own;
  if (closedDatabases.has(given.toLowerCase())) throw denied(`database ${given} is not granted`);
  return given;
}
