import { describe, expect, test } from '@jest/globals';
import { compileRule, runRuleTests, shippedRules } from '../src/index.ts';

/** How many tests each document holds. */
const testsOf = {
  'competitor-surge': 9,
  'kb-dwell': 7,
  'lead-response': 5,
  'policy-coverage': 5,
  'region-competitor-comparison': 17,
  'rep-new-policy-usage': 13,
  resonance: 6,
};
const ids = Object.keys(testsOf);

describe('the shipped pack', () => {
  test('holds every rule under the name of its file', () => {
    expect(shippedRules().map(({ id }) => id)).toEqual(ids);
    expect(shippedRules().map(({ document }) => compileRule(document).id)).toEqual(ids);
  });

  test.each(shippedRules().map((rule) => [rule.id, rule] as const))('%s passes its own tests', (id, { document }) => {
    const results = runRuleTests(document);
    expect(results).toHaveLength(testsOf[id as keyof typeof testsOf]);
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([]);
  });

  test.each(shippedRules().map((rule) => [rule.id, rule] as const))('%s speaks both languages', (_, { document }) => {
    expect(document).toMatchObject({
      title: { en: expect.any(String), zh: expect.any(String) },
      description: { en: expect.any(String), zh: expect.any(String) },
    });
  });

  test.each(shippedRules().map(({ id, text }) => [id, text] as const))(
    '%s says when to change which number',
    (_, text) => {
      const comment = text.slice(0, text.indexOf('\napiVersion')).replaceAll('\n#', '');
      expect(comment).toMatch(/When to change which number: .{80,}/);
    },
  );
});
