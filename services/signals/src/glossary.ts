import type { GlossaryEntry } from '@resonant/contracts';

/** Glossary entries of one language, ready to be applied to texts. */
export interface Glossary {
  /** The text with every alias replaced by its term. */
  fold(text: string): string;
  /** True if a sentence of the (folded) text asks about a technical term. */
  asksAboutTechnicalTerm(text: string): boolean;
}

const sentenceEnd = /(?<=[.!?。！？\n])/u;
const question =
  /[?？]|吗|呢|怎么|怎样|如何|是否|能否|什么|多少|几个|\b(how|what|which|why|when|where|whether|does|do|did|is|are|can|could|will|would)\b/iu;

/** Prepares entries. Of an alias that two entries claim, the entry with the smaller id has it. */
export function glossaryOf(entries: readonly GlossaryEntry[]): Glossary {
  const termOf = new Map<string, string>();
  for (const entry of entries.toSorted((a, b) => (a.termId < b.termId ? -1 : 1))) {
    for (const alias of entry.aliases) {
      const folded = alias.toLowerCase();
      if (folded !== entry.term.toLowerCase() && !termOf.has(folded)) termOf.set(folded, entry.term);
    }
  }
  const aliases = anyOf([...termOf.keys()]);
  const technical = anyOf(entries.filter((entry) => entry.isTechnical).map((entry) => entry.term));
  return {
    fold: (text) =>
      aliases === undefined ? text : text.replace(aliases, (alias) => termOf.get(alias.toLowerCase()) ?? alias),
    asksAboutTechnicalTerm: (text) =>
      technical !== undefined &&
      text.split(sentenceEnd).some((sentence) => sentence.search(technical) >= 0 && question.test(sentence)),
  };
}

/** Matches any of the words, the longest first, and Latin ones only as whole words. */
function anyOf(words: readonly string[]): RegExp | undefined {
  const parts = words
    .filter((word) => word.trim() !== '')
    .toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .map((word) => {
      const start = /^[\p{Script=Latin}\p{N}]/u.test(word) ? '(?<![\\p{Script=Latin}\\p{N}])' : '';
      const end = /[\p{Script=Latin}\p{N}]$/u.test(word) ? '(?![\\p{Script=Latin}\\p{N}])' : '';
      return start + escaped(word) + end;
    });
  return parts.length === 0 ? undefined : new RegExp(parts.join('|'), 'giu');
}

const escaped = (word: string): string => word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
