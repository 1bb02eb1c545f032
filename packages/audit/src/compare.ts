import { createHash } from 'node:crypto';
import type { Derivation, DerivedAlert, DerivedTransition, Evidence, StoredTransition } from './derived.ts';
import { type Life, termAt } from './lives.ts';

/** `false`: stored, and does not follow. `missing`: follows, and is not stored. `late`: decided by a later tick than it had to be. `wrong`: something else of it differs. */
export interface Difference {
  readonly kind: 'false' | 'missing' | 'late' | 'wrong';
  readonly ruleId: string;
  readonly subject: string;
  readonly transition: string;
  /** Epoch ms. */
  readonly at: number;
  readonly alertId: string;
  /** What differs, expected and got. */
  readonly detail: string;
  readonly evidence: readonly Evidence[];
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Openings and ends that were derived, found and agree in everything. */
  readonly agreed: { readonly opened: number; readonly ended: number };
  /** Openings and ends, derived or stored, of subjects whose instants were decided again, at or after the first such. */
  readonly excepted: number;
}

/** Instants in epoch ms: from ≤ at < to. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Compares what follows from the signals in one life of a rule with what is stored of it, both ways. Openings and ends
 * are compared; `updated` transitions are left to the replay.
 */
export function compare(
  life: Life,
  { alerts, corrected }: Derivation,
  stored: readonly StoredTransition[],
  range: Range,
): Comparison {
  const fields = (life.terms[0] as Life['terms'][number]).rule.subject;
  const subjectOf = (key: readonly string[]): string => canonical(fields, key);
  const freeUntil = new Map(corrected.map(({ key, from }) => [subjectOf(key), from]));
  const isClaimed = (subject: string, at: number): boolean => at < (freeUntil.get(subject) ?? Number.POSITIVE_INFINITY);
  const inRange = (at: number): boolean => range.from <= at && at < range.to;
  const left = new Map<string, StoredTransition>();
  const differences: Difference[] = [];
  const agreed = { opened: 0, ended: 0 };
  let excepted = 0;
  for (const it of stored) {
    if (it.transition === 'updated') continue;
    const place = placeOf(it.transition === 'opened' ? 'opened' : 'ended', it.subject, it.openedAt);
    const twin = left.get(place);
    if (twin !== undefined)
      differences.push(differenceOf('false', it, `it follows once, stored are seq ${twin.seq} and ${it.seq}`));
    else left.set(place, it);
  }
  const check = (alert: DerivedAlert, transition: 'opened' | 'ended', expected: DerivedTransition): void => {
    const subject = subjectOf(alert.key);
    const place = placeOf(transition, subject, alert.opened.at);
    const found = left.get(place);
    const { rule } = termAt(life, expected.at);
    if (!isClaimed(subject, expected.at)) return;
    left.delete(place);
    if (!inRange(expected.at) && (found === undefined || !inRange(found.at))) return;
    const alertId = alertIdOf(life, subject, alert.opened.at);
    const said = {
      ruleId: life.ruleId,
      subject,
      transition: transition === 'opened' ? 'opened' : 'resolved',
      at: expected.at,
    };
    if (found === undefined) {
      const detail = `${expected.state} at ${iso(expected.at)}, to be decided at ${iso(expected.decidedAt)}`;
      differences.push({ kind: 'missing', ...said, alertId, detail, evidence: expected.evidence });
      return;
    }
    const problems = problemsOf(found, expected, { alertId, isShadow: rule.mode === 'shadow', version: rule.version });
    if (problems.length === 0) agreed[transition]++;
    else {
      const isLate = problems.length === 1 && found.decidedAt > expected.decidedAt;
      differences.push(differenceOf(isLate ? 'late' : 'wrong', found, problems.join('; ')));
    }
  };
  for (const alert of alerts) {
    check(alert, 'opened', alert.opened);
    if (alert.ended !== null) check(alert, 'ended', alert.ended);
  }
  for (const it of left.values()) {
    if (!inRange(it.at)) continue;
    if (!isClaimed(it.subject, it.at) || !isClaimed(it.subject, it.openedAt)) excepted++;
    else differences.push(differenceOf('false', it, 'it does not follow from the signals before its tick'));
  }
  return { differences, agreed, excepted };
}

/** What the engine rounds to nine decimals. */
const rounded = new Set(['strength', 'lift']);

const placeOf = (transition: string, subject: string, openedAt: number): string =>
  `${transition}\n${openedAt}\n${subject}`;
const iso = (at: number): string => new Date(at).toISOString();

function differenceOf(kind: Difference['kind'], it: StoredTransition, detail: string): Difference {
  const { ruleId, subject, transition, at, alertId, evidence } = it;
  return { kind, ruleId, subject, transition, at, alertId, detail, evidence };
}

function problemsOf(
  got: StoredTransition,
  expected: DerivedTransition,
  { alertId, isShadow, version }: { readonly alertId: string; readonly isShadow: boolean; readonly version: number },
): readonly string[] {
  const problems: string[] = [];
  const same = (what: string, a: unknown, b: unknown): void => {
    if (a !== b) problems.push(`${what}: expected ${String(a)}, got ${String(b)}`);
  };
  same('at', iso(expected.at), iso(got.at));
  same('decidedAt', iso(expected.decidedAt), iso(got.decidedAt));
  same('state', expected.state, got.state);
  same('alertId', alertId, got.alertId);
  same('ruleVersion', version, got.ruleVersion);
  same('shadow', isShadow, got.isShadow);
  same('values', Object.keys(expected.values).sort().join(), Object.keys(got.values).sort().join());
  for (const [name, value] of Object.entries(expected.values)) {
    const said = got.values[name];
    if (!rounded.has(name) || said === undefined || Math.abs(said - value) > 1.5e-9) same(name, value, said);
  }
  same('evidence', shown(expected.evidence), shown(got.evidence));
  return problems;
}

const shown = (evidence: readonly Evidence[]): string =>
  evidence
    .map(({ role, signalId, eventId, occurredAt }) => `${role} ${signalId} (${eventId}) ${iso(occurredAt)}`)
    .join(', ');

/** A subject as JSON: keys sorted, no spaces (rules.md 1). */
export const canonical = (fields: readonly string[], key: readonly string[]): string => {
  const pairs = fields.map((name, i) => [name, key[i] as string] as const);
  return JSON.stringify(Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1))));
};

/** rules.md 1: the id of the alert that opens for a subject at an instant. */
export function alertIdOf(life: Life, subject: string, openedAt: number): string {
  const { rule } = termAt(life, openedAt);
  const text = [rule.id, rule.version, subject, openedAt].join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
