import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { shippedRules } from '../src/index.ts';

const published = JSON.parse(readFileSync(new URL('../rule.schema.json', import.meta.url), 'utf8'));
const accepts = (document: unknown): boolean => z.fromJSONSchema(published).safeParse(document).success;
const rule = shippedRules().find(({ id }) => id === 'lead-response')?.document as Record<string, unknown>;
const threshold = { when: 'true', aggregate: 'count', window: 'month', side: 'below', value: 3 };
const strength = { residual: 0.1, at: '72h', expired: 0.05 };

describe('the published JSON Schema', () => {
  test('is what the definition says', () => {
    const script = new URL('../scripts/schema.ts', import.meta.url).pathname;
    expect(() => execFileSync(process.execPath, [script, '--check'])).not.toThrow();
  });

  test('accepts the shipped pack', () => {
    expect(shippedRules().filter(({ document }) => !accepts(document))).toEqual([]);
  });

  test.each(['day', 'week', 'month', '90s', '36500d'])('accepts a window of %s', (window) => {
    expect(accepts({ ...rule, pattern: { threshold: { ...threshold, window } } })).toBe(true);
  });

  test.each<[string, unknown, boolean]>([
    ['a neglect factor above 0', { strength: { ...strength, neglectFactor: 0.5 } }, true],
    ['a neglect factor of 0', { strength: { ...strength, neglectFactor: 0 } }, false],
    ['fields to differ in', { strength, distinct: ['channel', 'id', 'labels.x'] }, true],
    ['a field to differ in that is none', { strength, distinct: ['mood'] }, false],
  ])('tells about %s', (_, fields, accepted) => {
    const pair = { a: { when: 'true' }, b: { when: 'true' }, within: '72h', ...(fields as object) };
    expect(accepts({ ...rule, pattern: { pair } })).toBe(accepted);
  });

  test.each<[string, unknown]>([
    ['an unknown field', { ...rule, colour: 'red' }],
    ['a duration without a unit', { ...rule, lateness: '90' }],
    ['no pattern', { ...rule, pattern: {} }],
    ['a subject of no such field', { ...rule, subject: ['mood'] }],
    ['a field of the subject twice', { ...rule, subject: ['leadId', 'leadId'] }],
    ['a window that is none', { ...rule, pattern: { threshold: { ...threshold, window: 'year' } } }],
    ['a window of no length', { ...rule, pattern: { threshold: { ...threshold, window: '0h' } } }],
    ['a condition that is too long', { ...rule, pattern: { threshold: { ...threshold, when: 'x'.repeat(4097) } } }],
    ['a mode that is none', { ...rule, mode: 'quiet' }],
    ['a missing field', { ...rule, keyspace: undefined }],
  ])('refuses %s', (_, document) => {
    expect(accepts(JSON.parse(JSON.stringify(document)))).toBe(false);
  });
});
