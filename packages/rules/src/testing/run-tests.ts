import { isDeepStrictEqual } from 'node:util';
import { isResonantError } from '@resonant/contracts';
import { Engine, formatOutput, type LogEntry } from '@resonant/engine';
import { compileRule } from '../document/compile.ts';
import { ruleDocument } from '../document/schema.ts';
import { parseTestLog } from './test-log.ts';

/** One test of a rule document: what differs, line by line, is empty if it passed. */
export interface TestResult {
  readonly name: string;
  readonly differences: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Runs the tests of a rule document (rules.md 6): each on an engine of its own with this rule alone in force from the
 * beginning. Throws ResonantError `invalid-rule` if the document is refused.
 */
export function runRuleTests(document: unknown): readonly TestResult[] {
  const rule = compileRule(document);
  return ruleDocument.parse(document).tests.map(({ name, log, expect }) => {
    try {
      return { name, differences: differences(transitionsOf(rule.id, document, parseTestLog(log)), expect) };
    } catch (error) {
      if (!isResonantError(error, 'malformed-body')) throw error;
      return { name, differences: [`log: ${error.message}`] };
    }
  });
}

/** Every transition that the rule says over a log, as printed, with the entry that caused it. */
function transitionsOf(
  ruleId: string,
  document: unknown,
  log: readonly LogEntry[],
): readonly (readonly [Fields, string])[] {
  const engine = new Engine({ compile: compileRule });
  engine.apply({ type: 'rule', action: 'put', ruleId, document, revision: null });
  return log.flatMap((entry, index) =>
    engine
      .apply(entry)
      .filter(({ type }) => type === 'alert')
      .map((output) => [JSON.parse(formatOutput(output)) as Fields, `entry ${index + 1} (${entry.type})`] as const),
  );
}

function differences(said: readonly (readonly [Fields, string])[], expected: readonly Fields[]): readonly string[] {
  const found: string[] = [];
  for (let i = 0; i < Math.max(said.length, expected.length); i++) {
    const [line, cause] = said[i] ?? [];
    const wanted = expected[i];
    if (line === undefined) found.push(`- ${i + 1}: expected ${JSON.stringify(wanted)}, nothing was said`);
    else if (wanted === undefined) found.push(`+ ${i + 1}: ${shown(line)} by ${cause}, nothing was expected`);
    else {
      for (const [field, value] of Object.entries(wanted)) {
        if (matches(line[field], value)) continue;
        const got = JSON.stringify(line[field]);
        found.push(`≠ ${i + 1}: ${field} is ${got}, expected ${JSON.stringify(value)}; ${shown(line)} by ${cause}`);
      }
    }
  }
  return found;
}

const shown = ({ transition, state, at, subject }: Fields): string =>
  `${transition} ${state} at ${at} ${JSON.stringify(subject)}`;

/** Objects are compared by the fields that are named, numbers to a billionth. */
function matches(got: unknown, wanted: unknown): boolean {
  if (typeof got === 'number' && typeof wanted === 'number') {
    return Math.abs(got - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
  }
  if (Array.isArray(wanted)) {
    return Array.isArray(got) && got.length === wanted.length && wanted.every((item, i) => matches(got[i], item));
  }
  if (typeof wanted === 'object' && wanted !== null && typeof got === 'object' && got !== null) {
    return Object.entries(wanted).every(([key, value]) => matches((got as Fields)[key], value));
  }
  return isDeepStrictEqual(got ?? null, wanted);
}
