import { isResonantError } from '@resonant/contracts';
import type { Refusal } from './engine-options.ts';
import type { RuleEntry } from './log.ts';
import type { Compile, CompiledRule } from './rule.ts';

/** The rule that the log puts, or null if it is refused; `onRefusal` is told why. */
export function acceptRule(
  compile: Compile,
  onRefusal: (refusal: Refusal) => void,
  { ruleId, document }: RuleEntry,
): CompiledRule | null {
  try {
    return compile(typeof document === 'string' ? (JSON.parse(document) as unknown) : document);
  } catch (error) {
    if (isResonantError(error, 'invalid-rule')) {
      onRefusal({ ruleId, detail: error.message, errors: (error.extra.errors ?? []) as Refusal['errors'] });
    } else if (error instanceof SyntaxError) {
      onRefusal({ ruleId, detail: `not JSON: ${error.message}`, errors: [] });
    } else throw error;
    return null;
  }
}
