import { isUtf8 } from 'node:buffer';
import { parseDocument, type YAMLError } from 'yaml';
import { mostLevels } from './depth.ts';
import { type Problem, refusal } from './view.ts';

/** Aliases may make a document so many times larger. */
const maxAliasCount = 100;
/** As much as the API takes. */
const mostBytes = 1 << 20;
/** One mistake may be found at every place behind it. */
const mostProblems = 20;

/**
 * Reads a rule document from YAML or JSON: a text, or bytes in UTF-8, of at most 1 MiB. Throws ResonantError
 * `invalid-rule` with the places that cannot be read; whether it is a rule is what `compileRule` says.
 */
export function loadRuleDocument(source: string | Uint8Array): unknown {
  const bytes = Buffer.from(source);
  if (bytes.length > mostBytes) {
    throw refusal([{ path: '', expected: `at most ${mostBytes} bytes`, got: `${bytes.length}` }]);
  }
  if (!isUtf8(bytes)) throw refusal([{ path: '', expected: 'text in UTF-8', got: 'other bytes' }]);
  const document = parseDocument(bytes.toString(), { uniqueKeys: true, logLevel: 'error' });
  const errors = [...document.errors, ...document.warnings];
  const tooDeep = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (tooDeep !== undefined) throw refusal([problemOf(tooDeep)]);
  if (errors.length > 0) throw refusal(errors.slice(0, mostProblems).map(problemOf));
  try {
    return document.toJS({ maxAliasCount });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const expected = `aliases of what stands before them, at most ${maxAliasCount} times`;
    throw refusal([{ path: '', expected, got: error.message }]);
  }
}

/** What is said in other words than the library's. */
const words: Partial<Record<YAMLError['code'], Omit<Problem, 'path'>>> = {
  DUPLICATE_KEY: { expected: 'no key twice', got: 'one that stands there before' },
  MULTIPLE_DOCS: { expected: 'one document', got: 'a second one' },
  RESOURCE_EXHAUSTION: { expected: `at most ${mostLevels} levels of nesting`, got: 'more' },
};

function problemOf({ code, linePos, message }: YAMLError): Problem {
  const [place] = linePos ?? [];
  const path = place === undefined ? '' : `line ${place.line}, column ${place.col}`;
  const { expected, got } = words[code] ?? { expected: 'YAML or JSON', got: withoutPlace(message) };
  return { path, expected, got };
}

const withoutPlace = (message: string): string =>
  (message.split('\n', 1)[0] as string).replace(/ at line \d+, column \d+:$/, '');
