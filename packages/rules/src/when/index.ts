import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { Condition } from '@resonant/engine';
import { check } from './check.ts';
import { kindsOf } from './kinds.ts';
import { WhenError } from './types.ts';

export { WhenError } from './types.ts';

const maxLength = 4096;
const parser = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 512, maxDepth: 32, maxListElements: 256, maxCallArguments: 4 },
});

/**
 * Compiles a CEL condition over one signal (rules.md 3): parsed by the CEL library, checked against the signal's type,
 * run as closures. Throws WhenError that says what does not fit.
 */
export function compileWhen(text: string): Condition {
  if (text.length > maxLength) throw new WhenError(`longer than ${maxLength} characters`);
  let ast: ASTNode;
  try {
    ast = parser.parse(text).ast;
  } catch (error) {
    throw new WhenError((error as Error).message.split('\n')[0] ?? 'not CEL');
  }
  const { type, run } = check(ast);
  if (type !== 'bool') throw new WhenError(`a condition is true or false, this is ${type}`);
  const kinds = kindsOf(ast);
  return { test: (signal) => run(signal) === true, kinds: kinds === null ? null : [...kinds] };
}
