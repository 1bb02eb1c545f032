/** A phrase or text as the words that are compared and their weights in half words. */
export interface Words {
  readonly tokens: readonly string[];
  readonly weights: readonly number[];
}

/** Where a phrase was found, in tokens of the text (`to` exclusive), and whether a word was wrong. */
export interface Found {
  readonly from: number;
  readonly to: number;
  readonly wrong: 0 | 1;
}

const wrongWeight = 2;
/** Shorter compounds (`into`, `away`) are other words than their halves. */
const shortestCompound = 6;

/**
 * Compares a phrase with the text where the phrase's word `phraseAt` and the text's word `textAt` are known to be equal:
 * both sides are followed as far as they agree, and one gap of at most one word on either side is bridged.
 */
export const comparePhrase = (
  phrase: Words & { readonly tolerant: boolean },
  phraseAt: number,
  text: Words,
  textAt: number,
): Found | undefined => {
  const right = walk(phrase, phraseAt, text, textAt, 1, phrase.tolerant);
  const left = walk(phrase, phraseAt - 1, text, textAt - 1, -1, phrase.tolerant);
  const rightDone = right.phraseAt === phrase.tokens.length;
  const leftDone = left.phraseAt < 0;
  if (rightDone && leftDone) return { from: left.textAt + 1, to: right.textAt, wrong: 0 };
  if (!phrase.tolerant || (!rightDone && !leftDone)) return undefined;
  if (leftDone) {
    const to = bridge(phrase, right.phraseAt, text, right.textAt, 1);
    return to === undefined ? undefined : { from: left.textAt + 1, to, wrong: 1 };
  }
  const from = bridge(phrase, left.phraseAt, text, left.textAt, -1);
  return from === undefined ? undefined : { from: from + 1, to: right.textAt, wrong: 1 };
};

/** Follows phrase and text while they agree; two words written as one agree with the two. */
const walk = (
  phrase: Words,
  phraseAt: number,
  text: Words,
  textAt: number,
  step: 1 | -1,
  compounds: boolean,
): { phraseAt: number; textAt: number } => {
  let p = phraseAt;
  let t = textAt;
  while (p >= 0 && p < phrase.tokens.length && t >= 0 && t < text.tokens.length) {
    const said = text.tokens[t]!;
    const meant = phrase.tokens[p]!;
    if (said === meant) {
      p += step;
      t += step;
    } else if (compounds && said.length >= shortestCompound && said === compound(phrase.tokens, p, step)) {
      p += 2 * step;
      t += step;
    } else if (compounds && meant.length >= shortestCompound && meant === compound(text.tokens, t, step)) {
      p += step;
      t += 2 * step;
    } else break;
  }
  return { phraseAt: p, textAt: t };
};

const compound = (tokens: readonly string[], at: number, step: 1 | -1): string | undefined => {
  const next = tokens[at + step];
  if (next === undefined) return undefined;
  return step === 1 ? tokens[at]! + next : next + tokens[at]!;
};

/** The end of the text's side after one wrong word, if all the rest of the phrase follows it. */
const bridge = (phrase: Words, phraseAt: number, text: Words, textAt: number, step: 1 | -1): number | undefined => {
  let best: { end: number; cost: number } | undefined;
  for (const skippedPhrase of skips(phrase, phraseAt, step)) {
    const p = phraseAt + skippedPhrase * step;
    const phraseEnded = step === 1 ? p === phrase.tokens.length : p < 0;
    for (const skippedText of skips(text, textAt, step)) {
      const t = textAt + skippedText * step;
      if (skippedPhrase + skippedText === 0) continue;
      if (phraseEnded && skippedText > 0 && !resembles(phrase, phraseAt, text, textAt, skippedPhrase, skippedText))
        continue;
      const rest = phraseEnded ? { phraseAt: p, textAt: t } : walk(phrase, p, text, t, step, true);
      const done = step === 1 ? rest.phraseAt === phrase.tokens.length : rest.phraseAt < 0;
      const cost =
        Math.max(skippedPhrase, skippedText) * 2 +
        Math.abs(skippedPhrase - skippedText) -
        (phraseEnded ? skippedText : 0);
      if (done && (best === undefined || cost < best.cost)) best = { end: rest.textAt, cost };
    }
  }
  return best?.end;
};

/** How many tokens may be skipped on one side: none, or as many as make up one word. */
const skips = (words: Words, from: number, step: 1 | -1): number[] => {
  const counts = [0];
  let weight = 0;
  for (let at = from, count = 1; at >= 0 && at < words.tokens.length; at += step, count++) {
    weight += words.weights[at]!;
    if (weight > wrongWeight) break;
    counts.push(count);
  }
  return counts;
};

/**
 * At the edge of a phrase a wrong word and a missing one look the same. The word beside it belongs to the find only if
 * it could be a mishearing: of the same length in characters (Chinese), or sharing at least half of its letters.
 */
const resembles = (
  phrase: Words,
  phraseAt: number,
  text: Words,
  textAt: number,
  skippedPhrase: number,
  skippedText: number,
): boolean => {
  if (skippedPhrase !== skippedText || skippedPhrase === 0) return false;
  const meant = phrase.tokens[phraseAt]!;
  const said = text.tokens[textAt]!;
  if (meant.length === 1 && said.length === 1) return meant === said;
  const letters = [...said];
  let shared = 0;
  for (const letter of meant) {
    const at = letters.indexOf(letter);
    if (at >= 0) {
      letters.splice(at, 1);
      shared++;
    }
  }
  return shared * 2 >= Math.max(meant.length, said.length);
};
