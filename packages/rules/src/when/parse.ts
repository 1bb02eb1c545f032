import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { WhenError } from './types.ts';

const maxLength = 4096;
const parser = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 512, maxDepth: 32, maxListElements: 256, maxCallArguments: 4 },
});

/** The tree of a CEL condition, not yet checked against the signal's type. Throws WhenError for what is not CEL. */
export function parseWhen(text: string): ASTNode {
  if (text.length > maxLength) throw new WhenError(`longer than ${maxLength} characters`);
  try {
    return parser.parse(text).ast;
  } catch (error) {
    const { message, range } = error as Error & { readonly range?: { readonly start: number } };
    const place = range === undefined ? '' : ` at character ${range.start + 1}`;
    throw new WhenError(`${message.split('\n', 1)[0] || 'not CEL'}${place}`);
  }
}
