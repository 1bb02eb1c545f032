import { chineseFeatures } from './chinese-features.ts';
import { englishFeatures } from './english-features.ts';
import type { FeatureVector } from './feature-vector.ts';
import { detectLanguage, type Language } from './language-detection.ts';
import { LinearModel } from './linear-model.ts';
import { polarityEn } from './models/polarity-en.ts';
import { polarityZh } from './models/polarity-zh.ts';
import { requestEn } from './models/request-en.ts';
import { requestZh } from './models/request-zh.ts';
import { technicalConsultationEn } from './models/technical-consultation-en.ts';
import { technicalConsultationZh } from './models/technical-consultation-zh.ts';
import { segments, sentences } from './segments.ts';

export type PolarityLabel = 'negative' | 'neutral' | 'positive';

/** What a text is like, in one of three classes and as a number. */
export interface Polarity {
  /** The most probable class. */
  readonly label: PolarityLabel;
  /** Probability of positive less that of negative: −1 … 1, four decimals. */
  readonly score: number;
}

/** Probabilities 0…1, four decimals, that a text holds such a sentence; they are independent of each other. */
export interface Intents {
  readonly 'technical-consultation': number;
  readonly request: number;
}

export interface Analysis {
  readonly language: Language;
  readonly polarity: Polarity;
  readonly intents: Intents;
}

export interface AnalysisInput {
  readonly text: string;
  /** As the sender says; null or absent = found from the text. */
  readonly language?: Language | null | undefined;
}

interface LanguageModels {
  readonly features: (text: string) => FeatureVector;
  readonly polarity: LinearModel;
  readonly consultation: LinearModel;
  readonly request: LinearModel;
  /** Polarity is judged over stretches of at most so many code units: about the longest texts of the training sets. */
  readonly longestStretch: number;
}

const models: Readonly<Record<Language, LanguageModels>> = {
  en: {
    features: englishFeatures,
    polarity: new LinearModel(polarityEn),
    consultation: new LinearModel(technicalConsultationEn),
    request: new LinearModel(requestEn),
    longestStretch: 1000,
  },
  zh: {
    features: chineseFeatures,
    polarity: new LinearModel(polarityZh),
    consultation: new LinearModel(technicalConsultationZh),
    request: new LinearModel(requestZh),
    longestStretch: 500,
  },
};

const labels = ['negative', 'neutral', 'positive'] as const;

/**
 * Judges a text: its language, its polarity, and whether it asks for technical advice or makes a request.
 * A pure function: the same text gives the same numbers on every machine. A text without a letter, digit or smiley is
 * neutral and asks for nothing.
 *
 * @example
 * analyze({ text: 'The new release is a disaster.' }).polarity.label; // 'negative'
 */
export const analyze = (input: AnalysisInput): Analysis => {
  const language = input.language ?? detectLanguage(input.text);
  const { features, polarity, consultation, request, longestStretch } = models[language];
  if (!/[^\s\p{P}]|[:;][-']?[()DP]/u.test(input.text)) {
    return {
      language,
      polarity: { label: 'neutral', score: 0 },
      intents: { 'technical-consultation': 0, request: 0 },
    };
  }
  const asked = sentences(input.text).map(features);
  const judgements = (model: LinearModel) => asked.map((vector) => model.probabilities(vector)[0]!);
  const consultations = judgements(consultation);
  return {
    language,
    polarity: polarityOf(
      combine(
        segments(input.text, longestStretch).map((text) => ({ text, shares: polarity.probabilities(features(text)) })),
      ),
      plainness(consultations),
    ),
    intents: {
      'technical-consultation': rounded(highest(consultations)),
      request: rounded(highest(judgements(request))),
    },
  };
};

/**
 * How far a text is nothing but technical questions, 0 … 0.9. `What happens when the import fails?` speaks of trouble
 * and complains of none; a text with any other sentence keeps its polarity. A plain question keeps its sign.
 */
const plainness = (consultations: readonly number[]): number =>
  consultations.length === 0
    ? 0
    : Math.min(0.9, Math.max(0, (consultations.reduce((a, b) => Math.min(a, b)) - 0.3) / 0.4));

const highest = (probabilities: readonly number[]): number => probabilities.reduce((a, b) => Math.max(a, b), 0);

/** Joins the judgements of a text's stretches: long ones count more, and so do those that are anything but neutral. */
const combine = (judged: readonly { text: string; shares: readonly number[] }[]): readonly number[] => {
  const weights = judged.map(({ text, shares }) => text.length * (judged.length === 1 ? 1 : 1.1 - shares[1]!));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return labels.map((_, label) =>
    judged.reduce((sum, { shares }, at) => sum + (shares[label]! * weights[at]!) / total, 0),
  );
};

/** Moves as much as is plain of the shares of negative and positive to neutral. */
const polarityOf = ([negative, neutral, positive]: readonly number[], plain: number): Polarity => {
  const shares = [negative! * (1 - plain), neutral! * (1 - plain) + plain, positive! * (1 - plain)];
  return { label: labels[shares.indexOf(Math.max(...shares))]!, score: rounded(shares[2]! - shares[0]!) };
};

/** Four decimals are what the models are good for, and hide differences in the last bits of an exponential. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
