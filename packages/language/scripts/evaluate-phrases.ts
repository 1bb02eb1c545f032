import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TalkTrackMatcher } from '../src/talk-track-matcher.ts';
import { seededRandom } from './training/support-vectors.ts';

// node packages/language/scripts/evaluate-phrases.ts DATA_FOLDER: how often phrases that were said are found in what
// recognisers heard, and how often in a conversation in which nobody said them.

const [data] = process.argv.slice(2);
if (data === undefined) {
  process.stderr.write('Usage: node packages/language/scripts/evaluate-phrases.ts DATA_FOLDER\n');
  process.exit(2);
}

const random = seededRandom(3);
const recognisers = ['amazon', 'google', 'microsoft', 'rev', 'speechmatics'];

interface Said {
  readonly phrase: string;
  readonly conversation: number;
}

const matcherOf = (said: readonly Said[]): TalkTrackMatcher =>
  new TalkTrackMatcher({ talkTracks: said.map(({ phrase }, index) => ({ id: String(index), phrases: [phrase] })) });

/** Shares of the phrases found in texts of their own conversation and in those of others. */
const shares = (said: readonly Said[], texts: readonly { conversation: number; text: string }[]): [string, string] => {
  const matcher = matcherOf(said);
  const count = { own: 0, ownFound: 0, others: 0, othersFound: 0 };
  for (const { conversation, text } of texts) {
    const found = new Set(matcher.find(text).map(({ id }) => Number(id)));
    for (const [index, one] of said.entries()) {
      const isOwn = one.conversation === conversation;
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

const calls = readdirSync(join(data, 'calls-en')).sort();
const references = calls.map((call) => tokens(join(data, 'calls-en', call, 'reference.nlp')));
const heard = calls.flatMap((call, conversation) =>
  recognisers.map((name) => ({
    conversation,
    text: tokens(join(data, 'calls-en', call, `asr-${name}.nlp`)).join(' '),
  })),
);

process.stdout.write('| phrases | found where said | found where not said |\n|---|---|---|\n');
for (const length of [3, 4, 5, 6, 8]) {
  const said = references.flatMap((words, conversation) =>
    Array.from({ length: 100 }, () => {
      const from = Math.floor(random() * (words.length - length));
      return { conversation, phrase: words.slice(from, from + length).join(' ') };
    }),
  );
  const [own, others] = shares(said, heard);
  process.stdout.write(
    `| English, ${length} words, in the output of five recognisers | ${own} | ${others} per call |\n`,
  );
}

const dialogues = readFileSync(join(data, 'dialogues-zh/crosswoz-val.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as { turns: { text: string }[] }).turns.map(({ text }) => text));
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
  const texts = dialogues.map((turns, conversation) => ({ conversation, text: turns.join('\n') }));
  const [, others] = shares(said, texts);
  process.stdout.write(
    `| Chinese, ${length} characters, one word misheard | ${percent(wrong.length / said.length)} | ${others} per dialogue |\n`,
  );
}
