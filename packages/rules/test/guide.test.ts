import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { compileRule, loadRuleDocument, runRuleTests } from '../src/index.ts';

type Tested = { readonly apiVersion?: string; readonly tests: readonly { readonly expect: readonly object[] }[] };

const guide = readFileSync(new URL('../GUIDE.md', import.meta.url), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, text]) => text as string);
const documents = blocks('yaml').map((text) => loadRuleDocument(text) as Tested);
const [rule, ...examples] = documents as [Tested, ...Tested[]];
const failed = (document: object): readonly string[] =>
  runRuleTests(document).flatMap(({ name, differences }) => differences.map((difference) => `${name}: ${difference}`));

describe('the guide for rule authors', () => {
  test('has a rule that is accepted and passes its tests', () => {
    expect(documents.filter(({ apiVersion }) => apiVersion !== undefined)).toEqual([rule]);
    expect(compileRule(rule).mode).toBe('shadow');
    expect([rule.tests.length, failed(rule)]).toEqual([2, []]);
  });

  test('has examples of series, gaps, late signals and duplicates that say what the text says', () => {
    expect(examples.map(({ tests }) => tests.length)).toEqual([1, 1, 1, 1]);
    expect(examples.flatMap(({ tests }) => failed({ ...rule, tests }))).toEqual([]);
  });

  test('shows what a test that fails prints', () => {
    const [first] = rule.tests;
    const wrong = { ...first, expect: [{ transition: 'opened', at: '2026-03-09T01:31:00.000Z' }] };
    const [{ differences } = { differences: [] }] = runRuleTests({ ...rule, tests: [wrong] });
    expect(`${differences.join('\n')}\n`).toBe(blocks('text')[0]);
  });
});
