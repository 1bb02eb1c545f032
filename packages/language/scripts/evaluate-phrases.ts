import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { phraseTokens } from '../src/phrase-tokens.ts';
import { TalkTrackMatcher } from '../src/talk-track-matcher.ts';
import { seededRandom } from './training/support-vectors.ts';

// node packages/language/scripts/evaluate-phrases.ts DATA_FOLDER [tuning]: how often phrases that were said are found in
// what recognisers heard, and how often in a conversation in which nobody said them. `tuning` measures the first half of
// the calls and dialogues, to try things on; without it, the other half is measured.

const [data, half] = process.argv.slice(2);
if (data === undefined || (half !== undefined && half !== 'tuning')) {
  process.stderr.write('Usage: node packages/language/scripts/evaluate-phrases.ts DATA_FOLDER [tuning]\n');
  process.exit(2);
}

const random = seededRandom(3);
const recognisers = ['amazon', 'google', 'microsoft', 'rev', 'speechmatics'];

const windows = 250;

interface Said {
  readonly phrase: string;
  readonly conversation: number;
}

/** A conversation as it was said and as it was heard. */
interface Heard {
  readonly conversation: number;
  readonly said: string;
  readonly text: string;
}

const ofHalf = <T>(all: readonly T[]): readonly T[] => {
  const middle = Math.ceil(all.length / 2);
  return half === undefined ? all.slice(middle) : all.slice(0, middle);
};

const matcherOf = (said: readonly Said[]): TalkTrackMatcher =>
  new TalkTrackMatcher({ talkTracks: said.map(({ phrase }, index) => ({ id: String(index), phrases: [phrase] })) });

/** The text's words as phrases are compared by, so that one text can be looked for in another. */
const spoken = (text: string): string =>
  ` ${phraseTokens(text)
    .map((token) => token.text)
    .join(' ')} `;

/** Shares of the phrases found in texts of their own conversation, and in those of others in which they were not said. */
const shares = (phrases: readonly Said[], texts: readonly Heard[]): [string, string] => {
  const matcher = matcherOf(phrases);
  const wanted = phrases.map(({ phrase }) => spoken(phrase));
  const count = { own: 0, ownFound: 0, others: 0, othersFound: 0 };
  for (const { conversation, said, text } of texts) {
    const found = new Set(matcher.find(text).map(({ id }) => Number(id)));
    const words = spoken(said);
    for (const [index, one] of phrases.entries()) {
      const isOwn = one.conversation === conversation;
      if (!isOwn && words.includes(wanted[index]!)) continue;
      count[isOwn ? 'own' : 'others']++;
      if (found.has(index)) count[isOwn ? 'ownFound' : 'othersFound']++;
    }
  }
  return [percent(count.ownFound / count.own), percent(count.othersFound / count.others)];
};

const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;

const tokens = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.split('|')[0]!)
    .filter((token) => token !== '' && !token.startsWith('<'));

const calls = ofHalf(readdirSync(join(data, 'calls-en')).sort());
const references = calls.map((call) => tokens(join(data, 'calls-en', call, 'reference.nlp')));
const heard = calls.flatMap((call, conversation) =>
  recognisers.map((name) => ({
    conversation,
    said: references[conversation]!.join(' '),
    text: tokens(join(data, 'calls-en', call, `asr-${name}.nlp`)).join(' '),
  })),
);

process.stdout.write('| phrases | found where said | found where not said |\n|---|---|---|\n');
for (const length of [3, 4, 5, 6, 8]) {
  const said = references.flatMap((words, conversation) =>
    Array.from({ length: windows }, () => {
      const from = Math.floor(random() * (words.length - length));
      return { conversation, phrase: words.slice(from, from + length).join(' ') };
    }),
  );
  const [own, others] = shares(said, heard);
  process.stdout.write(
    `| English, ${length} words, in the output of five recognisers | ${own} | ${others} per call |\n`,
  );
}

const dialogues = ofHalf(
  readFileSync(join(data, 'dialogues-zh/crosswoz-val.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { turns: { text: string }[] }).turns.map(({ text }) => text)),
);
const notHan = /[^\p{Script=Han}]/gu;
/** Two characters that no dialogue has: a misheard word. */
const misheard = '鑫淼';

for (const length of [8, 10, 12, 15]) {
  const said = dialogues.flatMap((turns, conversation) => {
    const turn = turns[Math.floor(random() * turns.length)]!.replace(notHan, '');
    const from = Math.floor(random() * (turn.length - length + 1));
    return turn.length < length ? [] : [{ conversation, phrase: turn.slice(from, from + length) }];
  });
  const wrong = said.filter(({ phrase }) => {
    const at = Math.floor(random() * (length - 1));
    return (
      matcherOf([{ phrase, conversation: 0 }]).find(phrase.slice(0, at) + misheard + phrase.slice(at + 2)).length > 0
    );
  });
  const texts = dialogues.map((turns, conversation) => {
    const text = turns.join('\n');
    return { conversation, said: text, text };
  });
  const [, others] = shares(said, texts);
  process.stdout.write(
    `| Chinese, ${length} characters, one word misheard | ${percent(wrong.length / said.length)} | ${others} per dialogue |\n`,
  );
}
