const units = new Map(
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
  eighteen nineteen`
    .split(/\s+/u)
    .map((word, value) => [word, value]),
);
const tens = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, index) => [word, 20 + index * 10]),
);
const scales = new Map([
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
  ['trillion', 1e12],
]);

/** A number read from a sequence of words: its digits and how many words it took. */
export interface ReadNumber {
  readonly digits: string;
  readonly length: number;
}

/** Reads the longest English number that starts at `from`: `twenty four`, `1,200`, `5 million`, `three hundred and six`. */
export const readEnglishNumber = (words: readonly string[], from: number): ReadNumber | undefined => {
  let total = 0;
  let group = 0;
  let last: 'start' | 'unit' | 'tens' | 'digits' | 'hundred' | 'scale' = 'start';
  let at = from;
  for (; at < words.length; at++) {
    const word = words[at]!;
    const afterLarge = last === 'start' || last === 'hundred' || last === 'scale';
    const unit = units.get(word);
    const ten = tens.get(word);
    const scale = scales.get(word);
    if (unit !== undefined && (afterLarge || (last === 'tens' && unit > 0 && unit < 10))) {
      group += unit;
      last = 'unit';
    } else if (ten !== undefined && afterLarge) {
      group += ten;
      last = 'tens';
    } else if (/^\d+(?:\.\d+)?$/u.test(word) && last === 'start') {
      group = Number(word);
      last = 'digits';
    } else if (word === 'hundred' && (last === 'unit' || last === 'digits')) {
      group *= 100;
      last = 'hundred';
    } else if (scale !== undefined && last !== 'start' && last !== 'scale') {
      total += group * scale;
      group = 0;
      last = 'scale';
    } else if (!(word === 'and' && last === 'hundred' && isSmallNumber(words[at + 1]))) break;
  }
  if (last === 'start') return undefined;
  // Long digit strings (ids, phone numbers) are kept as written: they exceed what a double holds exactly.
  const only = words[from]!;
  const digits = at === from + 1 && /^\d/u.test(only) ? only : String(Math.round((total + group) * 1e6) / 1e6);
  return { digits, length: at - from };
};

const isSmallNumber = (word: string | undefined): boolean => word !== undefined && (units.has(word) || tens.has(word));

const chineseDigits = '零一二三四五六七八九';
const chineseUnits = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1000],
]);

/** True for the characters of which Chinese numbers are made. */
export const isChineseNumeral = (character: string): boolean =>
  '零〇一二两三四五六七八九十百千万亿'.includes(character);

/** The digits of a Chinese number such as 三十 or 二〇二六; undefined if the characters do not make one. */
export const readChineseNumber = (characters: string): string | undefined => {
  const plain = characters.replaceAll('〇', '零').replaceAll('两', '二');
  if (!/[十百千万亿]/u.test(plain)) {
    return [...plain].map((character) => chineseDigits.indexOf(character)).join('');
  }
  if (/^[百千万亿]/u.test(plain)) return undefined;
  let total = 0;
  let section = 0;
  let digit = 0;
  for (const character of plain) {
    const value = chineseDigits.indexOf(character);
    const unit = chineseUnits.get(character);
    if (value >= 0) digit = value;
    else if (unit !== undefined) {
      section += (digit === 0 ? 1 : digit) * unit;
      digit = 0;
    } else {
      total = (total + section + digit) * (character === '万' ? 1e4 : 1e8);
      section = 0;
      digit = 0;
    }
  }
  return String(total + section + digit);
};
