import { isResonantError } from '@resonant/contracts';
import type { CompiledRule } from '@resonant/engine';
import { compileRule } from '@resonant/rules';

/** A rule put or deleted in a partition's log. */
export interface RuleChangeAt {
  readonly offset: number;
  /** Log time there in epoch ms; 0 = before the first tick. */
  readonly time: number;
  readonly action: 'put' | 'delete';
  readonly ruleId: string;
  /** Parsed, or as JSON text. */
  readonly document: unknown;
  readonly revision: number | null;
}

/** A version in force for the instants with after < t, until the next one. */
export interface Term {
  readonly after: number;
  readonly rule: CompiledRule;
}

/** How the memory of a rule ends: what is open is resolved with that state, or a changed version takes it over. */
export type LifeEnd =
  | { readonly offset: number; readonly time: number; readonly state: 'rule-changed' | 'rule-deleted' | 'rule-off' }
  | { readonly offset: number; readonly time: number; readonly state: 'kept' };

/**
 * A rule with one memory and one set of numbers in a partition. Versions that only differ in what is said, not in what
 * is decided (title, severity, actions, mode), are terms of one life.
 */
export interface Life {
  readonly ruleId: string;
  readonly terms: readonly Term[];
  /** Offset of the put that began it. */
  readonly after: number;
  readonly bornAt: number;
  readonly end: LifeEnd | null;
  /** It took over a memory from a version with other numbers: what it decides cannot be derived from its signals alone. */
  readonly isHeir: boolean;
}

type Growing = { -readonly [K in keyof Life]: Life[K] } & { terms: Term[] };

/** The lives of all rules of a partition, from its rule changes in log order (rules.md 3 and 4). */
export function livesOf(changes: readonly RuleChangeAt[]): readonly Life[] {
  const lives: Growing[] = [];
  const current = new Map<string, { readonly version: number; readonly life: Growing | null }>();
  const revisions = new Map<string, number>();
  for (const { offset, time, action, ruleId, document, revision } of changes) {
    const last = revisions.get(ruleId);
    if (revision !== null && last !== undefined && revision <= last) continue;
    if (revision !== null) revisions.set(ruleId, revision);
    const before = current.get(ruleId);
    const end = (state: LifeEnd['state']): void => {
      if (before?.life) before.life.end = { offset, time, state };
    };
    if (action === 'delete') {
      end('rule-deleted');
      current.delete(ruleId);
      continue;
    }
    const rule = accepted(document, ruleId);
    if (rule === null || (before !== undefined && rule.version <= before.version)) continue;
    const former = before?.life?.terms.at(-1)?.rule;
    const keeps = former !== undefined && rule.mode !== 'off' && rule.onChange === 'keep' && isAlike(former, rule);
    if (keeps && decides(former) === decides(rule)) {
      before?.life?.terms.push({ after: time, rule });
      current.set(ruleId, { version: rule.version, life: before?.life ?? null });
      continue;
    }
    end(keeps ? 'kept' : rule.mode === 'off' ? 'rule-off' : 'rule-changed');
    const life: Growing | null =
      rule.mode === 'off'
        ? null
        : { ruleId, terms: [{ after: time, rule }], after: offset, bornAt: time, end: null, isHeir: keeps };
    if (life !== null) lives.push(life);
    current.set(ruleId, { version: rule.version, life });
  }
  return lives;
}

function accepted(document: unknown, ruleId: string): CompiledRule | null {
  try {
    const rule = compileRule(typeof document === 'string' ? JSON.parse(document) : document);
    return rule.id === ruleId ? rule : null;
  } catch (error) {
    if (isResonantError(error, 'invalid-rule') || error instanceof SyntaxError) return null;
    throw error;
  }
}

const isAlike = (a: CompiledRule, b: CompiledRule): boolean =>
  a.pattern.kind === b.pattern.kind && [...a.subject].sort().join('\n') === [...b.subject].sort().join('\n');

/** Everything of a document that bears on what is decided, as text. */
function decides({ document, subject, zone, calendar, grace, lateness }: CompiledRule): string {
  const { pattern } = (typeof document === 'string' ? JSON.parse(document) : document) as { readonly pattern: unknown };
  return JSON.stringify({ pattern, subject, zone, calendar, grace, lateness });
}

/** The version in force at an instant. */
export const termAt = ({ terms }: Life, at: number): Term =>
  terms.findLast(({ after }) => after < at) ?? (terms[0] as Term);
