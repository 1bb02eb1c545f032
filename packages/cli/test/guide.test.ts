import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const guide = readFileSync(new URL('../../rules/GUIDE.md', import.meta.url), 'utf8');
const main = new URL('../src/main.ts', import.meta.url).pathname;
const fences = [...guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const first = (wanted: string): string => fences.find(({ language }) => language === wanted)?.text ?? '';
const calls = fences
  .filter(({ language }) => language === 'console')
  .flatMap(({ text }) => text.split(/^\$ /m).slice(1))
  .map((call): readonly [string, string] => {
    const end = call.indexOf('\n');
    return [call.slice(0, end), call.slice(end + 1)];
  });

const folder = mkdtempSync(join(tmpdir(), 'guide-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'forum-question.yaml'), first('yaml'));
writeFileSync(join(folder, 'log.jsonl'), first('json'));

test('the guide for rule authors has no other examples than tests run', () => {
  const count = (wanted: string): number => fences.filter(({ language }) => language === wanted).length;
  expect([count('yaml'), count('text'), count('json'), count('console'), fences.length]).toEqual([5, 1, 1, 4, 11]);
  expect(calls).toHaveLength(5);
});

test.each(calls)('the guide for rule authors: %s', (command, printed) => {
  const [words = '', input] = command.split(' < ');
  const [program, ...args] = words.split(' ');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    input: input === undefined ? '' : readFileSync(join(folder, input)),
    encoding: 'utf8',
  });
  expect({ program, status, stdout, stderr }).toEqual({ program: 'resonant', status: 0, stdout: printed, stderr: '' });
});
