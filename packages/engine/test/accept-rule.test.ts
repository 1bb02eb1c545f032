import { expect, test } from '@jest/globals';
import { ResonantError } from '@resonant/contracts';
import { acceptRule } from '../src/accept-rule.ts';
import type { Refusal } from '../src/engine-options.ts';
import type { RuleEntry } from '../src/log.ts';
import type { CompiledRule } from '../src/rule.ts';

const rule = { id: 'r' } as CompiledRule;
const problem = { path: 'version', expected: 'an integer ≥ 1', got: '0' };

/** What comes of a put of a document, and what is refused on the way. */
function accepted(document: unknown, compile: (document: unknown) => CompiledRule) {
  const refusals: Refusal[] = [];
  const entry: RuleEntry = { type: 'rule', action: 'put', ruleId: 'r', document, revision: null };
  return { rule: acceptRule(compile, (refusal) => refusals.push(refusal), entry), refusals };
}

test('a document is compiled as it is, or read from JSON where it is a text', () => {
  const seen: unknown[] = [];
  const compile = (document: unknown): CompiledRule => {
    seen.push(document);
    return rule;
  };
  expect([accepted({ id: 'r' }, compile), accepted('{"id":"r"}', compile)]).toEqual([
    { rule, refusals: [] },
    { rule, refusals: [] },
  ]);
  expect(seen).toEqual([{ id: 'r' }, { id: 'r' }]);
});

test('a document that is no rule is refused with its problems', () => {
  const compile = (): never => {
    throw new ResonantError('invalid-rule', 'version: expected an integer ≥ 1, got 0', {
      extra: { errors: [problem] },
    });
  };
  expect(accepted({}, compile)).toEqual({
    rule: null,
    refusals: [{ ruleId: 'r', detail: 'version: expected an integer ≥ 1, got 0', errors: [problem] }],
  });
});

test('a text that is no JSON is refused', () => {
  const { rule: none, refusals } = accepted('{', () => rule);
  expect([none, refusals]).toEqual([
    null,
    [{ ruleId: 'r', detail: expect.stringMatching(/^not JSON: .+/), errors: [] }],
  ]);
});

test('what else goes wrong is thrown', () => {
  const compile = (): never => {
    throw new TypeError('a mistake of ours');
  };
  expect(() => accepted({}, compile)).toThrow(new TypeError('a mistake of ours'));
});
