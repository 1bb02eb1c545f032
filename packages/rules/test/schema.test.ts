import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { shippedRules } from '../src/index.ts';

const published = JSON.parse(readFileSync(new URL('../rule.schema.json', import.meta.url), 'utf8'));
const accepts = (document: unknown): boolean => z.fromJSONSchema(published).safeParse(document).success;
const rule = shippedRules().find(({ id }) => id === 'lead-response')?.document as Record<string, unknown>;

describe('the published JSON Schema', () => {
  test('is what the definition says', () => {
    const script = new URL('../scripts/schema.ts', import.meta.url).pathname;
    expect(() => execFileSync(process.execPath, [script, '--check'])).not.toThrow();
  });

  test('accepts the shipped pack', () => {
    expect(shippedRules().filter(({ document }) => !accepts(document))).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['an unknown field', { ...rule, colour: 'red' }],
    ['a duration without a unit', { ...rule, lateness: '90' }],
    ['no pattern', { ...rule, pattern: {} }],
    ['a subject of no such field', { ...rule, subject: ['mood'] }],
    ['a mode that is none', { ...rule, mode: 'quiet' }],
    ['a missing field', { ...rule, keyspace: undefined }],
  ])('refuses %s', (_, document) => {
    expect(accepts(JSON.parse(JSON.stringify(document)))).toBe(false);
  });
});
