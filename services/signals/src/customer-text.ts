import { detectLanguage, type Language } from '@resonant/language';
import type { Knowledge } from './derivation.ts';
import type { Fact } from './signal.ts';

/** An intent is said from this probability on. */
export const intentThreshold = 0.5;

/** Probability of a technical consultation when a question names a term that the glossary calls technical. */
export const technicalTermProbability = 0.9;

/** Intents that become signals; the label's value is the name. */
export const intentNames = ['technical-consultation', 'request'] as const;

export type IntentName = (typeof intentNames)[number];

/** How a text of a customer is to be read. */
export interface Judgement {
  readonly language: Language;
  /** −1 … 1. */
  readonly polarity: number;
  readonly isNeutral: boolean;
  readonly intents: Readonly<Record<IntentName, number>>;
}

/** The sender's word on the language, or what the text is in. */
export const languageOf = (given: string | null, text: string): Language =>
  given === 'en' || given === 'zh' ? given : detectLanguage(text);

/** Judges a text; intents with the glossary's help, polarity from the words as they came. */
export function judge(text: string, language: Language, { analyzer, vocabulary }: Knowledge): Judgement {
  const { glossary } = vocabulary.in(language);
  const { polarity, intents } = analyzer.analyze({ text, language });
  const folded = glossary.fold(text);
  const consultation = (folded === text ? intents : analyzer.analyze({ text: folded, language }).intents)[
    'technical-consultation'
  ];
  return {
    language,
    polarity: polarity.score,
    isNeutral: polarity.label === 'neutral',
    intents: {
      'technical-consultation': glossary.asksAboutTechnicalTerm(folded)
        ? Math.max(consultation, technicalTermProbability)
        : consultation,
      request: intents.request,
    },
  };
}

/** A fact before it is known whom it concerns. */
type TextFact = Pick<Fact, 'kind' | 'position' | 'measures' | 'labels'>;

export const sentimentFact = (judgement: Pick<Judgement, 'language' | 'polarity'>, position: string): TextFact => ({
  kind: 'sentiment',
  position,
  measures: { polarity: judgement.polarity },
  labels: { language: judgement.language },
});

/** The fact of one intent; `position` is that of the text. */
export const intentFact = (judgement: Judgement, intent: IntentName, position: string): TextFact => ({
  kind: 'intent',
  position: `${position}/${intent}`,
  measures: { probability: judgement.intents[intent] },
  labels: { intent },
});

/** The intents over the threshold. */
export const intentsOf = (judgement: Judgement): readonly IntentName[] =>
  intentNames.filter((intent) => judgement.intents[intent] >= intentThreshold);

/** Polarity and intents of one whole text, e.g. a mail or a post. */
export function factsOfText(text: string, givenLanguage: string | null, knowledge: Knowledge): readonly TextFact[] {
  const judgement = judge(text, languageOf(givenLanguage, text), knowledge);
  return [sentimentFact(judgement, '0'), ...intentsOf(judgement).map((intent) => intentFact(judgement, intent, '0'))];
}

/** Title and text as one, the way it is read. */
export const wholeText = (title: string | null, text: string): string =>
  [title ?? '', text]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n');
