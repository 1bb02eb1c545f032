import { comparePhrase, type Found } from './phrase-comparison.ts';
import { type PhraseToken, phraseTokens } from './phrase-tokens.ts';

/** Wording that reps are to use. */
export interface TalkTrack {
  readonly id: string;
  readonly phrases: readonly string[];
  /** `en` or `zh`; null or absent = any. For readers only: a phrase is found wherever it was said. */
  readonly language?: string | null | undefined;
  /** How many distinct phrases in one touchpoint make one use; default 1. */
  readonly quorum?: number | undefined;
}

export interface Vocabulary {
  readonly talkTracks: readonly TalkTrack[];
}

/** A phrase found in a text; `start` and `end` (exclusive) count UTF-16 code units. */
export interface TalkTrackMatch {
  readonly id: string;
  readonly phrase: string;
  readonly start: number;
  readonly end: number;
}

/** A talk-track whose quorum was reached in one touchpoint. */
export interface TalkTrackUse {
  readonly id: string;
  /** Index of the text in which the phrase that reached the quorum ends. */
  readonly textIndex: number;
  /** The distinct phrases found, in order of their first end. */
  readonly phrases: readonly string[];
}

/** A phrase ready for comparison. */
interface Entry {
  readonly id: string;
  readonly phrase: string;
  readonly tokens: readonly string[];
  readonly weights: readonly number[];
  /** Five words or more: one word may be wrong. */
  readonly tolerant: boolean;
}

interface Anchor {
  readonly entry: number;
  readonly at: number;
}

const tolerantWeight = 10;

/**
 * Finds the phrases of talk-tracks in texts, recogniser output included: case, punctuation, apostrophes, fillers and the
 * way numbers are written do not matter. In phrases of five words or more one word may be wrong, missing or added; two
 * Chinese characters count as a word. Time grows with the text and with how often parts of phrases occur in it, not with
 * the product of text and vocabulary.
 *
 * @example
 * new TalkTrackMatcher({ talkTracks: [{ id: 'policy', phrases: ['thirty day money back guarantee'] }] })
 *   .find('with our 30-day money-back guarantee'); // [{ id: 'policy', phrase: …, start: 9, end: 36 }]
 */
export class TalkTrackMatcher {
  readonly #entries: Entry[] = [];
  readonly #quorums = new Map<string, number>();
  readonly #singles = new Map<string, Anchor[]>();
  readonly #pairs = new Map<string, Map<string, Anchor[]>>();

  constructor(vocabulary: Vocabulary) {
    for (const track of vocabulary.talkTracks) {
      this.#quorums.set(track.id, track.quorum ?? 1);
      for (const phrase of new Set(track.phrases)) this.#add(track.id, phrase);
    }
  }

  /** Every phrase in the text, by start, end, talk-track and phrase; finds of one phrase do not overlap. */
  find(text: string): TalkTrackMatch[] {
    const tokens = phraseTokens(text);
    return this.#search(tokens).map(({ entry, found }) => ({
      id: entry.id,
      phrase: entry.phrase,
      start: tokens[found.from]!.start,
      end: tokens[found.to - 1]!.end,
    }));
  }

  /**
   * The talk-tracks used in one touchpoint, given the texts of its rep in order (the utterances of a call, say), ordered
   * by where they reached their quorum. A phrase may run on from one text into the next.
   */
  uses(texts: readonly string[]): TalkTrackUse[] {
    const starts: number[] = [];
    let joined = '';
    for (const text of texts) {
      starts.push(joined.length);
      joined += `${text}\n`;
    }
    const phrases = new Map<string, Set<string>>();
    const uses = new Map<string, number>();
    let textIndex = 0;
    for (const match of this.find(joined).sort((a, b) => a.end - b.end)) {
      while (textIndex + 1 < starts.length && starts[textIndex + 1]! < match.end) textIndex++;
      const found = phrases.get(match.id) ?? new Set<string>();
      phrases.set(match.id, found.add(match.phrase));
      if (found.size >= this.#quorums.get(match.id)! && !uses.has(match.id)) uses.set(match.id, textIndex);
    }
    return [...uses].map(([id, index]) => ({ id, textIndex: index, phrases: [...phrases.get(id)!] }));
  }

  #add(id: string, phrase: string): void {
    const tokens = phraseTokens(phrase);
    if (tokens.length === 0) return;
    const words = tokens.map((token) => token.text);
    const tolerant = spokenWeight(phrase, tokens) >= tolerantWeight;
    const index =
      this.#entries.push({ id, phrase, tokens: words, weights: tokens.map((token) => token.weight), tolerant }) - 1;
    if (words.length === 1) append(this.#singles, words[0]!, { entry: index, at: 0 });
    // An exact phrase is found by its beginning alone; a tolerant one by any two words that follow each other.
    const last = tolerant ? words.length - 1 : Math.min(1, words.length - 1);
    for (let at = 0; at < last; at++) {
      const seconds = this.#pairs.get(words[at]!) ?? new Map<string, Anchor[]>();
      this.#pairs.set(words[at]!, seconds);
      append(seconds, words[at + 1]!, { entry: index, at });
    }
  }

  #search(tokens: readonly PhraseToken[]): { entry: Entry; found: Found }[] {
    const words = tokens.map((token) => token.text);
    const weights = tokens.map((token) => token.weight);
    const best = new Map<number, Found[]>();
    for (let at = 0; at < words.length; at++) {
      const singles = this.#singles.get(words[at]!);
      const pairs = at + 1 < words.length ? this.#pairs.get(words[at]!)?.get(words[at + 1]!) : undefined;
      for (const anchor of [...(singles ?? []), ...(pairs ?? [])]) {
        const found = comparePhrase(this.#entries[anchor.entry]!, anchor.at, { tokens: words, weights }, at);
        if (found !== undefined) keepBest(best, anchor.entry, found);
      }
    }
    return [...best]
      .flatMap(([index, finds]) => finds.map((found) => ({ entry: this.#entries[index]!, found })))
      .sort(
        (a, b) =>
          a.found.from - b.found.from ||
          a.found.to - b.found.to ||
          compare(a.entry.id, b.entry.id) ||
          compare(a.entry.phrase, b.entry.phrase),
      );
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const append = (map: Map<string, Anchor[]>, key: string, anchor: Anchor): void => {
  const anchors = map.get(key);
  if (anchors === undefined) map.set(key, [anchor]);
  else anchors.push(anchor);
};

/** Weight of a phrase as people would count it: a number in words counts each of its words. */
const spokenWeight = (phrase: string, tokens: readonly PhraseToken[]): number => {
  const counted = new Set<number>();
  let weight = 0;
  for (const token of tokens) {
    const words = phrase.slice(token.start, token.end).match(/[^\s-]+/gu)?.length ?? 1;
    const key = token.start;
    if (counted.has(key) && token.weight === 2) continue;
    counted.add(key);
    weight += token.weight * Math.max(1, words);
  }
  return weight;
};

const keepBest = (best: Map<number, Found[]>, entry: number, found: Found): void => {
  const finds = best.get(entry) ?? [];
  best.set(entry, finds);
  const last = finds.at(-1);
  if (last === undefined || found.from >= last.to) finds.push(found);
  else if (found.wrong < last.wrong) finds[finds.length - 1] = found;
};
