import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isPersonalised } from '../src/index.ts';

const rows = readFileSync(join(import.meta.dirname, '../data/personalisation.tsv'), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t') as [string, string, string]);

test.each(rows)('%s for %s: %s', (label, names, text) => {
  expect(isPersonalised(text, { names: names.split('|') })).toBe(label === 'yes');
});

test('no name and no text are nothing personal', () => {
  expect(isPersonalised('', { names: ['Acme'] })).toBe(false);
  expect(isPersonalised('Hello there', { names: ['', ' '] })).toBe(false);
});

test('a name is taken as written, not as a pattern', () => {
  expect(isPersonalised('we use C++ (beta)', { names: ['C++ (beta)'] })).toBe(true);
  expect(isPersonalised('we use Cxx', { names: ['C.*'] })).toBe(false);
});
