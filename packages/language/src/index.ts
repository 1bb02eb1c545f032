export {
  type Analysis,
  type AnalysisInput,
  analyze,
  type Intents,
  type Polarity,
  type PolarityLabel,
} from './analysis.ts';
export { detectLanguage, type Language } from './language-detection.ts';
export { isPersonalised, type PersonalContext } from './personalisation.ts';
export {
  type TalkTrack,
  type TalkTrackMatch,
  TalkTrackMatcher,
  type TalkTrackUse,
  type Vocabulary,
} from './talk-track-matcher.ts';
