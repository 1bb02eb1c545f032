import type { Condition } from '@resonant/engine';
import { check } from './check.ts';
import { kindsOf } from './kinds.ts';
import { parseWhen } from './parse.ts';
import { WhenError } from './types.ts';

export { parseWhen } from './parse.ts';
export { WhenError } from './types.ts';

/**
 * Compiles a CEL condition over one signal (rules.md 3): parsed by the CEL library, checked against the signal's type,
 * run as closures. Throws WhenError that says what does not fit.
 */
export function compileWhen(text: string): Condition {
  const ast = parseWhen(text);
  const { type, run } = check(ast);
  if (type !== 'bool') throw new WhenError(`a condition is true or false, this is ${type}`);
  const kinds = kindsOf(ast);
  return { test: (signal) => run(signal) === true, kinds: kinds === null ? null : [...kinds] };
}
