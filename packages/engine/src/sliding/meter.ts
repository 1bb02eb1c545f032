import type { Signal } from '@resonant/contracts';
import type { BreakerSpec, CompiledRule } from '../rule.ts';
import type { SubjectRef } from '../subject.ts';
import type { Status } from './breaker.ts';
import type { CountSeries, Sums } from './counts.ts';

/** What a rule keeps of a subject's signals. */
export interface Series {
  readonly size: number;
  first(): number;
  last(): number;
  forget(before: number): void;
}

/** The numbers of one subject at one instant. */
export interface Reading {
  readonly status: Status;
  /** In the order of rules.md, without `heldMs`. */
  readonly before: Readonly<Record<string, number>>;
  /** Values that stand after `heldMs`. */
  readonly after: Readonly<Record<string, number>>;
}

/** What the subjects that are compared with each other add up to at an instant; `members` = those with data. */
export interface Totals extends Sums {
  readonly members: number;
}

/** How subjects bear on each other: the half of a meter that a cohort needs. */
export interface Joint<S extends Series> {
  /** Key of the subjects that are compared with each other; null if the rule compares none. */
  cohortOf(rule: CompiledRule, subject: SubjectRef): string | null;
  window(rule: CompiledRule): number;
  counts(series: S): CountSeries;
  /** False if the status is unknown whatever the others do. */
  enough(rule: CompiledRule, own: Sums): boolean;
  status(rule: CompiledRule, own: Sums, totals: Totals): Status;
}

/** A subject as a meter sees it. */
export interface Metered<S extends Series> {
  readonly subject: SubjectRef;
  readonly series: S;
  /** `occurredAt` of its first signal. */
  readonly firstAt: number;
}

/** What a pattern measures: the half of ratio, threshold and surge in which they differ. */
export interface Meter<S extends Series, P> {
  /** What a signal adds, or null if it is none of the rule's. */
  sample(rule: CompiledRule, signal: Signal): P | null;
  /** How far before an instant its numbers reach, at most. */
  reach(rule: CompiledRule): number;
  emptySeries(rule: CompiledRule): S;
  /** The series for a new version of the rule. */
  carried(rule: CompiledRule, series: S): S;
  /** The series as JSON can hold it, and back under the same version. */
  exported(series: S): unknown;
  imported(rule: CompiledRule, state: unknown): S;
  add(series: S, at: number, sample: P): void;
  /** A series that holds what both hold; neither is changed. */
  combined(a: S, b: S): S;
  /** What the numbers of an instant say; `totals` = those of the subject's cohort, null if the rule compares none. */
  status(rule: CompiledRule, subject: Metered<S>, at: number, totals: Totals | null): Status;
  /** The numbers themselves: where something is said. */
  read(rule: CompiledRule, subject: Metered<S>, at: number, totals: Totals | null): Reading;
  /** The earliest time from which the status may be another if no signal comes and no other subject's numbers change. */
  quietUntil(rule: CompiledRule, subject: Metered<S>, at: number): number;
  breaker(rule: CompiledRule): BreakerSpec;
  /** False if `heldMs` is none of its values. */
  readonly holds: boolean;
  /** True if a withdrawal says the value and reference that were said. */
  readonly repeatsSaid: boolean;
  /** How subjects bear on each other; null for a pattern in which they never do. */
  readonly joint: Joint<S> | null;
  /** What a sample adds to a cohort's sums. */
  sumsOf(sample: P): Sums;
  /** True if a subject without signals is as one that never was. */
  forgettable(rule: CompiledRule): boolean;
}
