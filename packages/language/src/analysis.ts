import { detectLanguage, type Language } from './language-detection.ts';

export type PolarityLabel = 'negative' | 'neutral' | 'positive';

/** What a text is like, in one of three classes and as a number. */
export interface Polarity {
  readonly label: PolarityLabel;
  /** −1 (certainly negative) … 1 (certainly positive). */
  readonly score: number;
}

/** Probabilities 0…1 that the text holds such a sentence; they are independent of each other. */
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

const lexicon = {
  en: {
    positive: /\b(thanks?|thank you|great|excellent|perfect|love|awesome|helpful|nice|glad|happy|works well)\b/giu,
    negative:
      /\b(terrible|awful|bad|hate|annoying|useless|broken|slow|worst|painful|disappoint\w*|unhappy|frustrat\w*|fail(?:s|ed|ing)?)\b/giu,
    technical: /\b(api|sso|saml|latency|integrat\w*|migrat\w*|encrypt\w*|webhooks?|sdk|throughput|schema)\b/iu,
    request: /\b(please|can you|could you|would you|let me know|send me)\b/iu,
    question: /\?|\b(how|what|which|does|do|can|is)\b/iu,
  },
  zh: {
    positive: /(谢谢|感谢|很好|不错|满意|喜欢|推荐|优秀|方便|棒)/gu,
    negative: /(差|失望|糟糕|垃圾|后悔|太慢|难用|不满|投诉|坏了|骗)/gu,
    technical: /(接口|API|单点登录|延迟|集成|迁移|加密|部署|数据库|并发|协议)/iu,
    request: /(请|麻烦|帮我|能否|可以.{0,12}吗|发一份)/u,
    question: /[?？]|吗|怎么|如何|是否|什么|多少/u,
  },
} as const;

/**
 * Judges a text: its language, its polarity and whether it asks for technical advice or makes a request.
 * A pure function: the same text gives the same numbers on every machine.
 */
export const analyze = (input: AnalysisInput): Analysis => {
  const language = input.language ?? detectLanguage(input.text);
  const words = lexicon[language];
  const positive = input.text.match(words.positive)?.length ?? 0;
  const negative = input.text.match(words.negative)?.length ?? 0;
  const score = (positive - negative) / (positive + negative + 1);
  const technical = words.technical.test(input.text);
  const question = words.question.test(input.text);
  return {
    language,
    polarity: { label: score > 0.3 ? 'positive' : score < -0.3 ? 'negative' : 'neutral', score },
    intents: {
      'technical-consultation': technical && question ? 0.9 : technical ? 0.4 : 0.05,
      request: words.request.test(input.text) ? 0.9 : 0.1,
    },
  };
};
