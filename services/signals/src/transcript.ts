import type { CallTouchpoint, Utterance } from '@resonant/contracts';
import type { Language } from '@resonant/language';
import type { Passage } from './talk-tracks.ts';

/** Consecutive utterances of one speaker; a piece's `index` is that of its utterance. */
export interface Turn {
  readonly speaker: string;
  readonly pieces: Passage;
}

/** Chinese is written without spaces. */
export const separatorOf = (language: Language): string => (language === 'zh' ? '' : ' ');

/** The words of a turn. */
export const textOf = (turn: Turn, separator: string): string => turn.pieces.map(({ text }) => text).join(separator);

/** The transcript as turns: a recogniser cuts at breaths, people judge what was said in one go. */
export function turnsOf(utterances: readonly Utterance[]): readonly Turn[] {
  const turns: { speaker: string; pieces: { index: number; text: string }[] }[] = [];
  for (const [index, { speaker, text }] of utterances.entries()) {
    const last = turns.at(-1);
    if (last?.speaker === speaker) last.pieces.push({ index, text });
    else turns.push({ speaker, pieces: [{ index, text }] });
  }
  return turns;
}

/** When an utterance began (epoch ms); a transcript that runs on after the call's end counts at that end. */
export const instantOf = (call: CallTouchpoint, index: number): number =>
  Math.min(call.occurredAt + (call.utterances[index]?.startMs ?? 0), Math.max(call.endedAt, call.occurredAt));
