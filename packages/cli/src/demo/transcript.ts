/** One stretch of speech, in ms since the start of the call. */
export interface Utterance {
  readonly speaker: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

const msPerWord = 380;
const msPerCharacter = 210;
const pauseMs = 700;

/**
 * Turns lines `speaker: words` into utterances with the times that speech of that length takes: 380 ms a word in
 * English, 210 ms a character in Chinese, 0.7 s between speakers.
 */
export function transcriptOf(text: string): readonly Utterance[] {
  const utterances: Utterance[] = [];
  let at = 1000;
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const colon = line.indexOf(':');
    const words = line.slice(colon + 1).trim();
    const endMs = at + lengthMs(words);
    utterances.push({ speaker: line.slice(0, colon).trim(), startMs: at, endMs, text: words });
    at = endMs + pauseMs;
  }
  return utterances;
}

const lengthMs = (words: string): number =>
  /\p{Script=Han}/u.test(words) ? [...words].length * msPerCharacter : words.split(/\s+/).length * msPerWord;
