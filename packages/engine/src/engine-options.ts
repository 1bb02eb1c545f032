import type { Compile } from './rule.ts';

/** A rule that the log put and that was refused; the version in force stays. */
export interface Refusal {
  readonly ruleId: string;
  readonly detail: string;
  readonly errors: readonly { readonly path: string; readonly expected: string; readonly got: string }[];
}

/** Sums that stay true at every entry: signals = used + unused + duplicates + quarantined + waiting. */
export interface Counters {
  readonly signals: number;
  /** Accepted by at least one rule, or an acknowledgement of something open. */
  readonly used: number;
  readonly unused: number;
  readonly duplicates: number;
  /** More than five minutes ahead of the tick that followed. */
  readonly quarantined: number;
  readonly waiting: number;
  /** Per rule: matched, but too old. */
  readonly lateDropped: ReadonlyMap<string, number>;
  /** Transitions said. */
  readonly alerts: Readonly<Record<'opened' | 'updated' | 'resolved' | 'withdrawn', number>>;
}

export interface EngineOptions {
  /** Makes a rule of a document; packages/rules has it. */
  readonly compile: Compile;
  /** Told of each rule that is refused. */
  readonly onRefusal?: (refusal: Refusal) => void;
}
