import type { Signal } from '@resonant/contracts';
import type { BreakerSpec, CompiledRule } from '../rule.ts';
import type { SubjectRef } from '../subject.ts';
import type { Status } from './breaker.ts';

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
  /** The series as JSON can hold it, and back. */
  exported(series: S): unknown;
  imported(state: unknown): S;
  add(series: S, at: number, sample: P): void;
  /** The numbers at an instant; `group` = the subjects whose numbers may bear on each other. */
  read(rule: CompiledRule, subject: Metered<S>, at: number, group: Group<S>): Reading;
  /** The earliest time from which the status may be another if no signal comes; `reading` is that of `at`. */
  quietUntil(rule: CompiledRule, subject: Metered<S>, at: number, reading: Reading): number;
  breaker(rule: CompiledRule): BreakerSpec;
  /** False if `heldMs` is none of its values. */
  readonly holds: boolean;
  /** True if a withdrawal says the value and reference that were said. */
  readonly repeatsSaid: boolean;
  /** True if the numbers of one subject bear on others with the same keyspace field. */
  grouped(rule: CompiledRule): boolean;
  /** True if a subject without signals is as one that never was. */
  forgettable(rule: CompiledRule): boolean;
}

/** Subjects whose numbers bear on each other, all in one partition. */
export interface Group<S extends Series> {
  readonly members: Iterable<Metered<S>>;
  /** A place for what is the same for all members at one instant. */
  cache: { readonly at: number; readonly rule: CompiledRule; readonly totals: unknown } | null;
}
