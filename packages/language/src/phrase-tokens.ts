import { isChineseNumeral, readChineseNumber, readEnglishNumber } from './numbers.ts';

/** A word as phrases are compared: folded text, its place in the source in UTF-16 code units, and its weight. */
export interface PhraseToken {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** In half words: 2 for a word or number, 1 for a Chinese character or each half of a contraction. */
  readonly weight: number;
}

const contractions: Readonly<Record<string, string>> = {
  "n't": 'not',
  "'re": 'are',
  "'ve": 'have',
  "'ll": 'will',
  "'m": 'am',
};
const irregular: Readonly<Record<string, readonly [string, string]>> = {
  "can't": ['can', 'not'],
  cannot: ['can', 'not'],
  "won't": ['will', 'not'],
  "it's": ['it', 'is'],
  "that's": ['that', 'is'],
  "there's": ['there', 'is'],
  "here's": ['here', 'is'],
  "what's": ['what', 'is'],
  "let's": ['let', 'us'],
  "he's": ['he', 'is'],
  "she's": ['she', 'is'],
  gonna: ['going', 'to'],
  wanna: ['want', 'to'],
};
/** Sounds that recognisers write down and nobody counts as words. */
const fillers = new Set(['um', 'uh', 'uhm', 'er', 'erm', 'hmm', 'mm', 'mhm', '呃', '嗯']);
const currencies: Readonly<Record<string, string>> = {
  $: 'dollars',
  '€': 'euros',
  '£': 'pounds',
  '¥': 'yuan',
  '￥': 'yuan',
};

const pattern =
  /\p{Script=Han}|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|(?:(?!\p{Script=Han})[\p{L}\p{M}])+(?:['’](?:(?!\p{Script=Han})\p{L})+)*|[%％$€£¥￥&]/gu;
const han = /^\p{Script=Han}$/u;

const isPlainLower = (text: string): boolean => /^[a-z]+$/u.test(text);

const fold = (raw: string): string =>
  isPlainLower(raw) ? raw : raw.normalize('NFKC').toLowerCase().replaceAll('’', "'").replaceAll(',', '');

/** Cuts a text into the words that phrases are compared by: case, punctuation, contractions and numbers folded. */
export const phraseTokens = (text: string): PhraseToken[] => {
  const raw: PhraseToken[] = [];
  for (const match of text.matchAll(pattern)) {
    const start = match.index;
    const end = start + match[0].length;
    const word = fold(match[0]);
    if (fillers.has(word)) continue;
    if (han.test(word)) raw.push({ text: word, start, end, weight: 1 });
    else pushWord(raw, word, start, end);
  }
  return foldNumbers(raw);
};

const pushWord = (out: PhraseToken[], word: string, start: number, end: number): void => {
  if (word === '%') out.push({ text: 'percent', start, end, weight: 2 });
  else if (word === '&') out.push({ text: 'and', start, end, weight: 2 });
  else if (word.includes("'") || word === 'cannot' || word === 'gonna' || word === 'wanna') {
    const pair = irregular[word] ?? splitContraction(word);
    if (pair === undefined) out.push({ text: word.replaceAll("'", ''), start, end, weight: 2 });
    else for (const half of pair) out.push({ text: half, start, end, weight: 1 });
  } else out.push({ text: word, start, end, weight: 2 });
};

const splitContraction = (word: string): readonly [string, string] | undefined => {
  for (const [ending, full] of Object.entries(contractions)) {
    if (word.endsWith(ending) && word.length > ending.length) return [word.slice(0, -ending.length), full];
  }
  return undefined;
};

/** Numbers in words and digits become one token; `$5 million` and `five million dollars` become the same two. */
const foldNumbers = (tokens: readonly PhraseToken[]): PhraseToken[] => {
  const words = tokens.map((token) => token.text);
  const out: PhraseToken[] = [];
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at]!;
    const currency = currencies[token.text];
    const percentOf = token.text === '百' && words[at + 1] === '分' && words[at + 2] === '之';
    const from = percentOf ? at + 3 : currency === undefined ? at : at + 1;
    const number = numberAt(words, from);
    if (number !== undefined) {
      const last = tokens[from + number.length - 1]!;
      out.push({ text: number.digits, start: token.start, end: last.end, weight: 2 });
      const unit = percentOf ? 'percent' : currency;
      if (unit !== undefined) out.push({ text: unit, start: token.start, end: last.end, weight: 2 });
      at = from + number.length;
    } else {
      if (currency === undefined)
        out.push(token.text === 'per' && words[at + 1] === 'cent' ? percent(tokens, at) : token);
      at += token.text === 'per' && words[at + 1] === 'cent' ? 2 : 1;
    }
  }
  return out;
};

const percent = (tokens: readonly PhraseToken[], at: number): PhraseToken => ({
  text: 'percent',
  start: tokens[at]!.start,
  end: tokens[at + 1]!.end,
  weight: 2,
});

const numberAt = (words: readonly string[], from: number): { digits: string; length: number } | undefined => {
  const first = words[from];
  if (first === undefined) return undefined;
  if (!isChineseNumeral(first)) return readEnglishNumber(words, from);
  let to = from;
  while (to < words.length && isChineseNumeral(words[to]!)) to++;
  const digits = readChineseNumber(words.slice(from, to).join(''));
  return digits === undefined ? undefined : { digits, length: to - from };
};
