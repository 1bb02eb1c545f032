import { isLightWord } from './light-words.ts';

/** What must be left of a phrase, as `contentOf` counts, beside a light word that is wrong … */
const besideLight = 4;
/** … and beside any other word that is wrong; both were tuned by scripts/evaluate-phrases.ts. */
const besideAny = 5.5;
/** How much a light word says of what another word does. */
const lightShare = 0.25;

/** A phrase, a text or a part of one as the words that are compared and their weights in half words. */
export interface Words {
  readonly tokens: readonly string[];
  readonly weights: readonly number[];
}

/** How much a phrase says, in half words: light words count a quarter, two Chinese characters are a word. */
export const contentOf = ({ tokens, weights }: Words): number =>
  tokens.reduce((sum, token, at) => sum + weights[at]! * (isLightWord(token) ? lightShare : 1), 0);

/**
 * Whether a phrase with one wrong word still is that phrase. A word that resembles the right one was misheard. Otherwise
 * what is left must carry the phrase alone: `in the range of` is left of many a phrase and of as many other sentences.
 *
 * @param left `contentOf` the phrase without the word that is wrong
 * @param meant the word of the phrase, nothing if one was added
 * @param said the word of the text in its place, nothing if one is missing
 */
export const bearsWrongWord = (left: number, meant: readonly string[], said: readonly string[]): boolean => {
  const heard = said.length === 0 ? meant : said;
  if (heard.every(isLightWord)) return left >= besideLight;
  return left >= besideAny || resemble(meant, said);
};

/** Whether one could be a mishearing of the other: at least half of the letters, in order, are the same, and no digits. */
export const resemble = (meant: readonly string[], said: readonly string[]): boolean => {
  const [a, b] = [meant.join(''), said.join('')];
  if (a === '' || b === '' || /\d/u.test(a + b)) return false;
  return editDistance(a, b) * 2 <= Math.max(a.length, b.length);
};

/** Insertions, deletions and substitutions of code units that turn one into the other (Wagner and Fischer, 1974). */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
};
