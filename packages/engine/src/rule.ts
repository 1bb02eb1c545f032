import type { Signal } from '@resonant/contracts';
import type { Decimal } from './exact.ts';

/** A condition over one signal; an evaluation error is false. */
export type Predicate = (signal: Signal) => boolean;

/** A condition and the signal kinds that it can be true for (null = any): what the engine indexes rules by. */
export interface Condition {
  readonly test: Predicate;
  readonly kinds: readonly string[] | null;
}

export interface StrengthSpec {
  readonly residual: number;
  readonly at: number;
  readonly neglectFactor: number;
  readonly touch: Condition | null;
  readonly fading: number | null;
  readonly expired: number;
  readonly lift: number;
}

/** rules.md 3.1; durations in ms. */
export interface PairPattern {
  readonly kind: 'pair';
  readonly a: Condition;
  readonly b: Condition;
  readonly within: number;
  readonly distinct: readonly string[];
  readonly order: 'any' | 'a-then-b';
  readonly renotify: number;
  readonly strength: StrengthSpec;
}

/** How unknown instants bear on the hold clock and on what is open; null = never. */
export interface NoDataSpec {
  readonly policy: 'pause' | 'reset' | 'count';
  readonly limit: number | null;
  readonly close: number | null;
}

/** What a circuit breaker needs beside the status of an instant; shared by ratio and sliding thresholds. */
export interface BreakerSpec {
  readonly hold: number;
  readonly cooldown: number;
  readonly noData: NoDataSpec;
  readonly halfOpen: { readonly after: number; readonly trial: number } | null;
  /** Words for `opened` and for the end. */
  readonly words: { readonly open: string; readonly closed: string };
}

/** Windows that end at every whole multiple of `every` since the epoch. */
export interface SlidingWindow {
  readonly window: number;
  readonly every: number;
}

/** rules.md 3.2. */
export interface RatioPattern extends SlidingWindow {
  readonly kind: 'ratio';
  readonly numerator: Condition;
  readonly denominator: Condition;
  readonly against: 'cohort' | 'baseline' | 'number';
  readonly cohort: { readonly by: readonly string[]; readonly minMembers: number } | null;
  readonly baseline: { readonly weeks: number; readonly minPoints: number; readonly fallback: number } | null;
  readonly number: Decimal | null;
  readonly side: 'below' | 'above';
  readonly deviation: Decimal;
  readonly recover: Decimal;
  readonly minSamples: number;
  readonly breaker: BreakerSpec;
}

/** rules.md 3.3. */
export interface DeadlinePattern {
  readonly kind: 'deadline';
  readonly start: Condition;
  readonly stop: Condition;
  readonly within: number;
}

export type Period = 'day' | 'week' | 'month';

/** rules.md 3.4. */
export interface ThresholdPattern {
  readonly kind: 'threshold';
  readonly when: Condition;
  readonly measure: string | null;
  readonly aggregate: 'count' | 'sum' | 'mean' | 'min' | 'max';
  readonly window: Period | SlidingWindow;
  readonly side: 'below' | 'above';
  readonly value: Decimal;
  readonly recover: Decimal;
  readonly minSamples: number;
  readonly breaker: BreakerSpec;
}

/** rules.md 3.5. */
export interface SurgePattern extends SlidingWindow {
  readonly kind: 'surge';
  readonly when: Condition;
  readonly against: number;
  readonly factor: Decimal;
  readonly minCount: number;
  readonly minHistory: number;
  readonly breaker: BreakerSpec;
}

export type Pattern = PairPattern | RatioPattern | DeadlinePattern | ThresholdPattern | SurgePattern;

/** What a rule asks for when one of its alerts makes the transition `on`. */
export interface ActionSpec {
  readonly type: string;
  readonly to: string;
  readonly on: string;
  readonly template: string | null;
  /** Ms. */
  readonly due: number | null;
  readonly escalateTo: string | null;
  readonly anonymous: boolean;
  readonly minGroup: number | null;
}

/** Opening hours; times of day in ms since midnight of the wall clock. */
export interface CalendarSpec {
  /** 0 = Monday … 6 = Sunday. */
  readonly days: readonly number[];
  readonly from: number;
  readonly to: number;
  /** ISO dates. */
  readonly holidays: readonly string[];
}

/** A rule document that was accepted, with every default filled in. Durations in ms. */
export interface CompiledRule {
  readonly id: string;
  readonly version: number;
  readonly mode: 'live' | 'shadow' | 'off';
  readonly keyspace: string;
  readonly subject: readonly string[];
  readonly severity: string;
  readonly title: Readonly<Record<string, string>>;
  readonly zone: string;
  readonly calendar: CalendarSpec | null;
  readonly grace: number;
  readonly lateness: number;
  readonly onChange: 'keep' | 'reset';
  readonly actions: readonly ActionSpec[];
  readonly pattern: Pattern;
  /** The document as it was put: what an export of the engine's state holds. */
  readonly document: unknown;
}

/** Makes a rule of a document. Throws ResonantError `invalid-rule` with `extra.errors` [{path, expected, got}]. */
export type Compile = (document: unknown) => CompiledRule;
