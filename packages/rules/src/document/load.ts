import { ResonantError } from '@resonant/contracts';
import { parseDocument } from 'yaml';
import type { Problem } from './view.ts';

/** Aliases may make a document so many times larger. */
const maxAliasCount = 100;

/**
 * Reads a rule document from YAML or JSON text. Throws ResonantError `invalid-rule` with the lines that cannot be read;
 * whether it is a rule is what `compileRule` says.
 */
export function loadRuleDocument(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true });
  const errors = document.errors.map(({ linePos, message }) =>
    problemOf(`line ${linePos?.[0].line ?? '?'}`, 'YAML or JSON', message),
  );
  if (errors.length > 0) throw refusal(errors);
  try {
    return document.toJS({ maxAliasCount });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw refusal([problemOf('', `aliases of what stands before them, at most ${maxAliasCount} times`, error.message)]);
  }
}

const problemOf = (path: string, expected: string, message: string): Problem => ({
  path,
  expected,
  got: message.split('\n', 1).join(),
});

const refusal = (errors: readonly Problem[]): ResonantError =>
  new ResonantError('invalid-rule', errors.map(({ path, got }) => `${path || 'document'}: ${got}`).join('; '), {
    extra: { errors },
  });
