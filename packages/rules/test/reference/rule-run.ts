import { createHash } from 'node:crypto';
import type { Signal } from '@resonant/contracts';
import type { CompiledRule, Subject } from '@resonant/engine';

/** A version in force for the instants with after < t ≤ until. */
export interface Term {
  readonly rule: CompiledRule;
  readonly after: number;
  until: number;
}

/** A signal that the rule accepted, with what it was to the version that took it. */
export interface Known {
  readonly signal: Signal;
  /** Log time when it arrived; −Infinity before the first tick. */
  readonly arrivedAt: number;
  /** Up to when everything was decided when it arrived. */
  readonly decidedTo: number;
  readonly roles: ReadonlySet<string>;
  /** Key of its subject. */
  readonly key: string;
  readonly takenBy: CompiledRule;
}

/** One life of an alert, as it was said. */
export interface SaidAlert {
  readonly alertId: string;
  readonly key: string;
  /** Instant of the opening. */
  readonly at: number;
  readonly state: string;
  readonly values: Readonly<Record<string, number>>;
  /** Deadline: when the obligation began; otherwise as `at`. */
  readonly start: number;
  evidence: Evidence;
  seq: number;
  lastAt: number;
  end: { readonly at: number; readonly state: string; readonly withdrawn: boolean } | null;
}

export type Evidence = readonly { readonly signal: Signal; readonly role: string }[];

export type Status = 'unknown' | 'breach' | 'recovered' | 'between';

/** What the numbers of an instant say. `heldMs`, where it is printed, holds its place among them. */
export interface Measured {
  readonly status: Status;
  readonly values: Readonly<Record<string, number>>;
}

/** From a rule's put to its reset, delete or end: what it knows and what it said. */
export interface RuleRun {
  readonly id: string;
  /** Log time of the first put; −Infinity before the first tick. */
  readonly bornAt: number;
  /** Place of that put in the log. */
  readonly bornPlace: number;
  readonly terms: Term[];
  readonly known: Known[];
  readonly acknowledgements: Known[];
  readonly said: SaidAlert[];
  readonly subjects: Map<string, Subject>;
  /** Instant → subject → what was measured. */
  readonly measured: Map<number, Map<string, Measured>>;
}

/** A signal that the rule accepts. Of two with one time and id, the one sent again stands first: the page leaves it open. */
export function know(run: RuleRun, known: Known): void {
  run.known.unshift(known);
  for (const t of run.measured.keys()) if (t > known.signal.occurredAt) run.measured.delete(t);
}

export const sha = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);

/** A field of a signal as rules name them. */
export function fieldOf(signal: Signal, name: string): string | null {
  if (!name.startsWith('labels.')) return signal[name as 'channel'];
  const label = name.slice('labels.'.length);
  return Object.hasOwn(signal.labels, label) ? (signal.labels[label] as string) : null;
}

export function subjectOf(signal: Signal, fields: readonly string[]): Subject | null {
  const pairs = fields.map((name) => [name, fieldOf(signal, name)] as const);
  return pairs.some(([, value]) => value === null) ? null : (Object.fromEntries(pairs) as Subject);
}

/** The subject as JSON, keys sorted, no spaces. */
export const keyOf = (subject: Subject): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.keys(subject)
        .sort()
        .map((name) => [name, subject[name]]),
    ),
  );

/** The version in force at an instant; what an answer ends may have begun before the first. */
export const termAt = (run: RuleRun, at: number): Term =>
  run.terms.find(({ after, until }) => after < at && at <= until) ?? (run.terms[0] as Term);

export const newestRule = (run: RuleRun): CompiledRule => (run.terms.at(-1) as Term).rule;

export const byTime = (a: Known, b: Known): number =>
  a.signal.occurredAt - b.signal.occurredAt || (a.signal.id < b.signal.id ? -1 : a.signal.id > b.signal.id ? 1 : 0);

export const openAlert = (run: RuleRun, key: string): SaidAlert | undefined =>
  run.said.find((alert) => alert.key === key && alert.end === null);
