import { isResonantError } from '@resonant/contracts';
import { Engine, formatOutput, isoOf, type LogEntry } from '@resonant/engine';
import { compileRule } from '../document/compile.ts';
import { ruleDocument } from '../document/schema.ts';
import { differencesOf, type SaidLine } from './differences.ts';
import { type PlacedEntry, placedEntries } from './test-log.ts';

/**
 * One test of a rule document. What differs is empty if it passed; each difference counts the transitions from 1, and
 * names the line of the test's log, counted from 1, whose entry caused it.
 */
export interface TestResult {
  readonly name: string;
  readonly differences: readonly string[];
}

/**
 * Runs the tests of a rule document (rules.md 6): each on an engine of its own with this rule alone in force from the
 * beginning. Throws ResonantError `invalid-rule` if the document is refused.
 */
export function runRuleTests(document: unknown): readonly TestResult[] {
  const rule = compileRule(document);
  return ruleDocument.parse(document).tests.map(({ name, log, expect }) => {
    try {
      return { name, differences: differencesOf(transitionsOf(rule.id, document, placedEntries(log)), expect) };
    } catch (error) {
      if (!isResonantError(error, 'malformed-body')) throw error;
      return { name, differences: [`log: ${error.message}`] };
    }
  });
}

/** Every transition that the rule says over a log, as printed, with the entry that caused it. */
function transitionsOf(ruleId: string, document: unknown, log: readonly PlacedEntry[]): readonly SaidLine[] {
  const engine = new Engine({ compile: compileRule });
  engine.apply({ type: 'rule', action: 'put', ruleId, document, revision: null });
  return log.flatMap(({ entry, line }) =>
    engine
      .apply(entry)
      .filter(({ type }) => type === 'alert')
      .map((output) => ({
        line: JSON.parse(formatOutput(output)) as SaidLine['line'],
        cause: `line ${line} (${entryName(entry)})`,
      })),
  );
}

const entryName = (entry: LogEntry): string => (entry.type === 'tick' ? `tick ${isoOf(entry.at)}` : entry.type);
