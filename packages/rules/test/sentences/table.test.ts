import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const packages = new URL('../../../', import.meta.url);
const number = /(?<![\d.-])[1-5](?:\.[1-6])?-\d\d(?![\d-])/g;

/** A sentence of SENTENCES.md, with what pins it. */
interface Row {
  readonly id: string;
  readonly pinnedBy: readonly { readonly file: URL; readonly found: RegExp }[];
}

/** The file of `log-lines`, `rules/when`, `cli/replay` or `conformance/summary`. */
function fileOf(name: string): URL {
  const [folder = '', ...rest] = name.split('/');
  if (rest.length === 0) return new URL(`rules/test/sentences/${name}.test.ts`, packages);
  if (folder === 'conformance') return new URL(`rules/test/${name}.json`, packages);
  return new URL(`${folder}/test/${rest.join('/')}.test.ts`, packages);
}

const rows: readonly Row[] = readFileSync(new URL('rules/SENTENCES.md', packages), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => {
    const [, id = '', , pinnedBy = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return {
      id,
      pinnedBy: pinnedBy.split('; ').map((place) => {
        const [name = '', ...texts] = place.split(': ');
        const words = texts.join(': ').replace(/[^\w\s]/g, '\\$&');
        // A case of these files names the sentence itself.
        const own = name.includes('/') || texts.length > 0 ? words : `(?<![\\d.-])${id}(?!\\d)`;
        return { file: fileOf(name), found: new RegExp(own) };
      }),
    };
  });

describe('the table of sentences', () => {
  test('names files and cases that are there', () => {
    const missing = rows.flatMap(({ id, pinnedBy }) =>
      pinnedBy
        .filter(({ file, found }) => !existsSync(file) || !found.test(readFileSync(file, 'utf8')))
        .map(({ file, found }) => `${id}: ${file.pathname} ${found.source}`),
    );
    expect(missing).toEqual([]);
  });

  test('counts the sentences of each section from 1, without a gap', () => {
    const sections = Map.groupBy(rows, ({ id }) => id.split('-')[0] ?? '');
    expect([...sections.keys()]).toEqual(['1', '2', '3', '3.1', '3.2', '3.3', '3.4', '3.5', '3.6', '4', '5']);
    for (const [section, list] of sections) {
      expect(list.map(({ id }) => id)).toEqual(list.map((_, n) => `${section}-${String(n + 1).padStart(2, '0')}`));
    }
  });

  test('has every sentence that a case of these files names', () => {
    const folder = new URL('rules/test/sentences/', packages);
    const named = readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts') && name !== 'table.test.ts')
      .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').match(number) ?? []);
    const known = new Set(rows.map(({ id }) => id));
    expect([...new Set(named)].filter((id) => !known.has(id))).toEqual([]);
    expect(named.length).toBeGreaterThan(rows.length);
  });
});
