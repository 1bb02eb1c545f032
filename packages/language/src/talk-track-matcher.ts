/** Wording that reps are to use. */
export interface TalkTrack {
  readonly id: string;
  readonly phrases: readonly string[];
  /** `en` or `zh`; null or absent = any. */
  readonly language?: string | null;
  /** How many distinct phrases in one touchpoint make one use; default 1. */
  readonly quorum?: number;
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

/** Finds the phrases of talk-tracks in texts. */
export class TalkTrackMatcher {
  readonly #tracks: readonly TalkTrack[];

  constructor(vocabulary: Vocabulary) {
    this.#tracks = vocabulary.talkTracks;
  }

  /** Every phrase in the text, ordered by start, end, track and phrase. */
  find(text: string): TalkTrackMatch[] {
    const lower = text.toLowerCase();
    const matches: TalkTrackMatch[] = [];
    for (const track of this.#tracks) {
      for (const phrase of track.phrases) {
        const needle = phrase.toLowerCase();
        for (let at = lower.indexOf(needle); needle !== '' && at >= 0; at = lower.indexOf(needle, at + 1)) {
          matches.push({ id: track.id, phrase, start: at, end: at + needle.length });
        }
      }
    }
    return matches.sort((a, b) => a.start - b.start || a.end - b.end);
  }

  /** The talk-tracks used in one touchpoint, given the texts of its rep in order (the utterances of a call, say). */
  uses(texts: readonly string[]): TalkTrackUse[] {
    const found = new Map<string, Set<string>>();
    const uses = new Map<string, number>();
    for (const [textIndex, text] of texts.entries()) {
      for (const match of this.find(text)) {
        const phrases = found.get(match.id) ?? new Set<string>();
        found.set(match.id, phrases.add(match.phrase));
        const quorum = this.#tracks.find((track) => track.id === match.id)?.quorum ?? 1;
        if (phrases.size >= quorum && !uses.has(match.id)) uses.set(match.id, textIndex);
      }
    }
    return [...uses].map(([id, textIndex]) => ({ id, textIndex, phrases: [...(found.get(id) ?? [])] }));
  }
}
