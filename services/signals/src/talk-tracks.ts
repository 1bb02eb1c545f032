import type { TalkTrack } from '@resonant/contracts';
import type { LanguageVocabulary } from './vocabulary.ts';

/** Consecutive pieces of text by one author; `index` is the piece's place in the touchpoint. */
export type Passage = readonly { readonly index: number; readonly text: string }[];

/** A talk-track whose quorum was reached in a touchpoint, and the piece of text that reached it. */
export interface TrackUse {
  readonly track: TalkTrack;
  readonly index: number;
}

/**
 * The talk-tracks used in passages by a rep, each once, by track id. A phrase may run over the pieces of a passage: a
 * recogniser cuts where the speaker takes a breath. `separator` joins pieces.
 */
export function trackUses(
  passages: readonly Passage[],
  vocabulary: LanguageVocabulary,
  separator: string,
): readonly TrackUse[] {
  const said = new Map<string, Set<string>>();
  const reachedAt = new Map<string, number>();
  const quorums = new Map(vocabulary.tracks.map((track) => [track.trackId, track.quorum]));
  for (const passage of passages) {
    const { text, pieceAt } = joined(passage, vocabulary.glossary.fold, separator);
    for (const match of vocabulary.phrases.find(text).toSorted((a, b) => a.end - b.end)) {
      const phrases = said.get(match.id) ?? new Set();
      said.set(match.id, phrases.add(match.phrase));
      if (phrases.size >= (quorums.get(match.id) ?? 1) && !reachedAt.has(match.id)) {
        reachedAt.set(match.id, pieceAt(match.end - 1));
      }
    }
  }
  return vocabulary.tracks.flatMap((track) => {
    const index = reachedAt.get(track.trackId);
    return index === undefined ? [] : [{ track, index }];
  });
}

/** The talk-tracks that the texts call for: those without triggers, and those of which a trigger occurs. */
export function tracksCalledFor(texts: readonly string[], vocabulary: LanguageVocabulary): readonly TalkTrack[] {
  const triggered = new Set(
    texts.flatMap((text) => vocabulary.triggers.find(vocabulary.glossary.fold(text)).map((match) => match.id)),
  );
  return vocabulary.tracks.filter((track) => track.triggers.length === 0 || triggered.has(track.trackId));
}

function joined(passage: Passage, fold: (text: string) => string, separator: string) {
  let text = '';
  const ends: { readonly end: number; readonly index: number }[] = [];
  for (const piece of passage) {
    text += (text === '' ? '' : separator) + fold(piece.text);
    ends.push({ end: text.length, index: piece.index });
  }
  const pieceAt = (offset: number): number => ends.find(({ end }) => offset < end)?.index ?? 0;
  return { text, pieceAt };
}
