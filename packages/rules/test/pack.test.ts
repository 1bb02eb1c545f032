import { describe, expect, test } from '@jest/globals';
import { compileRule, runRuleTests, shippedRules } from '../src/index.ts';

const ids = [
  'competitor-surge',
  'kb-dwell',
  'lead-response',
  'policy-coverage',
  'region-competitor-comparison',
  'rep-new-policy-usage',
  'resonance',
];

describe('the shipped pack', () => {
  test('holds every rule under the name of its file', () => {
    expect(shippedRules().map(({ id }) => id)).toEqual(ids);
    expect(shippedRules().map(({ document }) => compileRule(document).id)).toEqual(ids);
  });

  test.each(shippedRules().map((rule) => [rule.id, rule] as const))('%s passes its own tests', (_, { document }) => {
    const results = runRuleTests(document);
    expect(results.length).toBeGreaterThanOrEqual(5);
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([]);
  });

  test.each(shippedRules().map((rule) => [rule.id, rule] as const))('%s speaks both languages', (_, { document }) => {
    expect(document).toMatchObject({
      title: { en: expect.any(String), zh: expect.any(String) },
      description: { en: expect.any(String), zh: expect.any(String) },
    });
  });
});
