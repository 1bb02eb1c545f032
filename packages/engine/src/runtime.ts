import type { Signal } from '@resonant/contracts';
import type { Desk } from './desk.ts';
import type { Explanation } from './explanation.ts';
import type { CompiledRule } from './rule.ts';
import type { SaidAlert } from './said-alert.ts';
import type { Stateful } from './state.ts';
import type { Versions } from './versions.ts';

/** A signal that a tick has taken. */
export interface Taken {
  readonly signal: Signal;
  /** Largest tick before it in the log; −∞ before the first. */
  readonly arrivedAt: number;
  /** The instant its age is judged by: `arrivedAt`, or the first tick. */
  readonly judgedBy: number;
}

/** What became of a signal in one rule. */
export type Outcome = 'accepted' | 'late' | 'unmatched';

/** One rule at work: what a pattern does with signals and time. */
export interface Runtime extends Stateful {
  readonly rule: CompiledRule;
  readonly versions: Versions;
  /** A signal of this tick; all of a tick come before `decide`, ordered by (occurredAt, id). */
  take(taken: Taken): Outcome;
  /** An acknowledgement of one of this rule's open alerts. True if something has to be decided again. */
  acknowledge(alert: SaidAlert, taken: Taken): boolean;
  /** The earliest tick that has something to decide if no signal comes. */
  nextDue(): number;
  /** Says everything that is due at the tick `now`. */
  decide(now: number): void;
  /** A later version takes over what is known, after the tick `now`. */
  keep(rule: CompiledRule, now: number): void;
  /** Why this rule says what it says of a subject at `at`, as decided by now; null for a subject it does not know. */
  explain(key: string, at: number): Explanation | null;
  /** Resolves what is open because the rule ends. */
  end(state: string, now: number): void;
}

/** Makes the runtime of a rule with its versions; a new one was put after the tick `versions.putAt`. */
export type MakeRuntime = (versions: Versions, desk: Desk) => Runtime;
