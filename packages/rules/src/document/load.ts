import { ResonantError } from '@resonant/contracts';
import { parseDocument } from 'yaml';

/**
 * Reads a rule document from YAML or JSON text. Throws ResonantError `invalid-rule` with the lines that cannot be read;
 * whether it is a rule is what `compileRule` says.
 */
export function loadRuleDocument(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    const errors = document.errors.map((error) => ({
      path: `line ${error.linePos?.[0].line ?? '?'}`,
      expected: 'YAML or JSON',
      got: error.message.split('\n')[0] ?? error.code,
    }));
    const detail = errors.map(({ path, got }) => `${path}: ${got}`).join('; ');
    throw new ResonantError('invalid-rule', detail, { extra: { errors } });
  }
  return document.toJS({ maxAliasCount: 100 });
}
