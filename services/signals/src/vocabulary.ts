import type { Decoded, GlossaryEntry, TalkTrack } from '@resonant/contracts';
import { type Language, TalkTrackMatcher } from '@resonant/language';
import { type Glossary, glossaryOf } from './glossary.ts';

/** What holds for texts of one language. Texts are to be folded by `glossary` before they are matched. */
export interface LanguageVocabulary {
  readonly glossary: Glossary;
  readonly tracks: readonly TalkTrack[];
  /** Finds phrases of the talk-tracks. */
  readonly phrases: TalkTrackMatcher;
  /** Finds triggers of the talk-tracks. */
  readonly triggers: TalkTrackMatcher;
}

/** Talk-tracks and glossary as the vocabulary topic says. Updates apply at once. */
export class Vocabulary {
  readonly #tracks = new Map<string, TalkTrack>();
  readonly #terms = new Map<string, GlossaryEntry>();
  readonly #byLanguage = new Map<Language, LanguageVocabulary>();

  /** Takes a record of the vocabulary topic; `key` is `<kind>/<id>`. */
  put(key: string, { type, value }: Decoded): void {
    if (type === 'TalkTrack') this.#tracks.set(key, value);
    if (type === 'GlossaryEntry') this.#terms.set(key, value);
    this.#byLanguage.clear();
  }

  /** Forgets the entry under `key`. */
  remove(key: string): void {
    this.#tracks.delete(key);
    this.#terms.delete(key);
    this.#byLanguage.clear();
  }

  /** What holds for texts of a language: entries of that language and those of any. */
  in(language: Language): LanguageVocabulary {
    let vocabulary = this.#byLanguage.get(language);
    if (vocabulary === undefined) {
      vocabulary = compile(valuesIn(this.#tracks, language), valuesIn(this.#terms, language));
      this.#byLanguage.set(language, vocabulary);
    }
    return vocabulary;
  }
}

function compile(tracks: readonly TalkTrack[], terms: readonly GlossaryEntry[]): LanguageVocabulary {
  const glossary = glossaryOf(terms);
  const matcher = (phrasesOf: (track: TalkTrack) => readonly string[]) =>
    new TalkTrackMatcher({
      talkTracks: tracks
        .map((track) => ({ id: track.trackId, phrases: phrasesOf(track).map(glossary.fold) }))
        .filter((track) => track.phrases.length > 0),
    });
  return {
    glossary,
    tracks,
    phrases: matcher((track) => track.phrases),
    triggers: matcher((track) => track.triggers),
  };
}

// Sorted by id, so that the order in which entries were put never shows in the order of signals.
const valuesIn = <T extends { readonly language: string | null }>(entries: Map<string, T>, language: Language): T[] =>
  [...entries]
    .filter(([, entry]) => entry.language === null || entry.language === language)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, entry]) => entry);
