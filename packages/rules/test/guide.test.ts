import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { compileRule, loadRuleDocument, parseTestLog, runRuleTests } from '../src/index.ts';

const guide = readFileSync(new URL('../GUIDE.md', import.meta.url), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, text]) => text as string);

describe('the guide for rule authors', () => {
  test('has rules that are accepted and pass their tests', () => {
    const documents = blocks('yaml').map(loadRuleDocument);
    expect(documents).toHaveLength(1);
    for (const document of documents) {
      expect(compileRule(document).mode).toBe('shadow');
      const results = runRuleTests(document);
      expect(results).toHaveLength(2);
      expect(results.filter(({ differences }) => differences.length > 0)).toEqual([]);
    }
  });

  test('has logs in the short form that say what the text says', () => {
    const [series, gap, late] = blocks('log').map(parseTestLog);
    const kinds = (log: ReturnType<typeof parseTestLog> | undefined) => log?.map(({ type }) => type) ?? [];
    expect(kinds(series).filter((type) => type === 'signal')).toHaveLength(39);
    expect(kinds(series).filter((type) => type === 'tick')).toHaveLength(13);
    expect(kinds(gap)).toEqual(['signal', 'tick', 'tick']);
    const ids = late?.flatMap((entry) => (entry.type === 'signal' ? [entry.signal.id] : []));
    expect([kinds(late), ids]).toEqual([
      ['tick', 'signal', 'signal', 'tick'],
      ['answer', 'answer'],
    ]);
  });
});
