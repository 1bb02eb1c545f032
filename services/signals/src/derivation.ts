import type { Decoded, Records, Signal } from '@resonant/contracts';
import { ResonantError } from '@resonant/contracts';
import type { Analysis, AnalysisInput, PersonalContext } from '@resonant/language';
import type { Directory } from './directory.ts';
import { signalsOfCall } from './sources/calls.ts';
import { signalsOfCrm } from './sources/crm.ts';
import { signalsOfEmail } from './sources/emails.ts';
import { signalsOfForum } from './sources/forum.ts';
import { signalsOfKnowledge } from './sources/knowledge.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Judges texts; packages/language, or a table in tests. */
export interface Analyzer {
  analyze(input: AnalysisInput): Analysis;
  isPersonalised(text: string, context: PersonalContext): boolean;
}

/** What a derivation knows beside the touchpoint. */
export interface Knowledge {
  readonly directory: Directory;
  readonly vocabulary: Vocabulary;
  readonly analyzer: Analyzer;
}

/** Why a touchpoint says nothing; it counts as processed. */
export type Silence =
  /** Nobody on the customer's side, or no reader or author, is in the directory. */
  | 'unknown-party'
  /** The text was taken back by its author. */
  | 'deleted'
  /** Written by a machine. */
  | 'auto-reply'
  /** There are no words to judge. */
  | 'no-text'
  /** Only our own people took part. */
  | 'internal'
  /** A lead's event without the lead's id. */
  | 'no-lead'
  /** It was read and judged, and holds no fact that a rule could use. */
  | 'no-fact';

/** Signals of one touchpoint, in a fixed order; if there are none, why. */
export type Derivation =
  | { readonly signals: readonly [Signal, ...Signal[]]; readonly silence?: never }
  | { readonly signals: readonly []; readonly silence: Silence };

type RecordOf<T> = T extends keyof Records ? { readonly type: T; readonly value: Records[T] } : never;

/** A touchpoint as decoded. */
export type DecodedTouchpoint = RecordOf<
  'CallTouchpoint' | 'EmailTouchpoint' | 'ForumTouchpoint' | 'KnowledgeTouchpoint' | 'CrmTouchpoint'
>;

/**
 * The signals of a touchpoint: a pure function of the record and of what directory, vocabulary and analyser say now.
 * Throws `unprocessable-touchpoint` if the record is no touchpoint.
 */
export function deriveSignals(touchpoint: Decoded, knowledge: Knowledge): Derivation {
  switch (touchpoint.type) {
    case 'CallTouchpoint':
      return signalsOfCall(touchpoint.value, knowledge);
    case 'EmailTouchpoint':
      return signalsOfEmail(touchpoint.value, knowledge);
    case 'ForumTouchpoint':
      return signalsOfForum(touchpoint.value, knowledge);
    case 'KnowledgeTouchpoint':
      return signalsOfKnowledge(touchpoint.value, knowledge);
    case 'CrmTouchpoint':
      return signalsOfCrm(touchpoint.value, knowledge);
    default:
      throw new ResonantError('unprocessable-touchpoint', `expected a touchpoint, got a ${touchpoint.type} record`);
  }
}

/** Signals, or why there are none. */
export function derivation(signals: readonly Signal[], silence: Silence = 'no-fact'): Derivation {
  const [first, ...rest] = signals;
  return first === undefined ? { signals: [], silence } : { signals: [first, ...rest] };
}
