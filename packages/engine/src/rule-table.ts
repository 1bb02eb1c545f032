import { compareText } from './ids.ts';
import type { CompiledRule, Condition, Pattern } from './rule.ts';
import type { Runtime } from './runtime.ts';

/** What the engine knows of one rule id, kept across deletes. */
export interface RuleSlot {
  readonly id: string;
  revision: number | null;
  /** The version in force; null after a delete. */
  rule: CompiledRule | null;
  /** Null while the rule is off or deleted. */
  runtime: Runtime | null;
  /** Place in the log of the put that began its memory: earlier signals are unknown to it. */
  knowsFrom: number;
}

/** The rules of a partition, indexed by the signal kinds they can match. */
export class RuleTable {
  readonly #slots = new Map<string, RuleSlot>();
  readonly #touched = new Set<RuleSlot>();
  #byKind = new Map<string, RuleSlot[]>();
  #anyKind: RuleSlot[] = [];

  get(id: string): RuleSlot | undefined {
    return this.#slots.get(id);
  }

  slot(id: string): RuleSlot {
    let slot = this.#slots.get(id);
    if (slot === undefined) {
      slot = { id, revision: null, rule: null, runtime: null, knowsFrom: 0 };
      this.#slots.set(id, slot);
    }
    return slot;
  }

  install(slot: RuleSlot, rule: CompiledRule | null, runtime: Runtime | null, knowsFrom: number): void {
    slot.rule = rule;
    slot.runtime = runtime;
    slot.knowsFrom = knowsFrom;
    this.#touched.delete(slot);
    if (runtime !== null) this.#touched.add(slot);
    this.#index();
  }

  slotsFor(kind: string): readonly RuleSlot[] {
    return this.#byKind.get(kind) ?? this.#anyKind;
  }

  touch(slot: RuleSlot): void {
    this.#touched.add(slot);
  }

  /** Rules with something to decide at `now`. */
  due(now: number): readonly RuleSlot[] {
    const due = [...this.#slots.values()].filter(
      (slot) => slot.runtime !== null && (this.#touched.has(slot) || slot.runtime.nextDue() <= now),
    );
    this.#touched.clear();
    return due;
  }

  revisions(): ReadonlyMap<string, number> {
    const revisions = new Map<string, number>();
    for (const { id, revision } of this.#slots.values()) if (revision !== null) revisions.set(id, revision);
    return revisions;
  }

  inForce(): readonly CompiledRule[] {
    return [...this.#slots.values()].flatMap(({ rule }) => (rule === null ? [] : [rule]));
  }

  slots(): readonly RuleSlot[] {
    return [...this.#slots.values()].sort((a, b) => compareText(a.id, b.id));
  }

  #index(): void {
    const running = this.slots().filter(({ runtime }) => runtime !== null);
    const kinds = new Map(running.map((slot) => [slot, kindsOf((slot.rule as CompiledRule).pattern)]));
    this.#anyKind = running.filter((slot) => kinds.get(slot) === null);
    this.#byKind = new Map();
    for (const kind of new Set([...kinds.values()].flatMap((of) => of ?? []))) {
      this.#byKind.set(
        kind,
        running.filter((slot) => kinds.get(slot)?.includes(kind) ?? true),
      );
    }
  }
}

const conditionsOf = (pattern: Pattern): readonly Condition[] => {
  switch (pattern.kind) {
    case 'pair':
      return [pattern.a, pattern.b, ...(pattern.strength.touch === null ? [] : [pattern.strength.touch])];
    case 'ratio':
      return [pattern.numerator, pattern.denominator];
    case 'deadline':
      return [pattern.start, pattern.stop];
    case 'threshold':
    case 'surge':
      return [pattern.when];
  }
};

/** Signal kinds that a pattern can use; null = any. */
function kindsOf(pattern: Pattern): readonly string[] | null {
  const kinds = new Set<string>();
  for (const condition of conditionsOf(pattern)) {
    if (condition.kinds === null) return null;
    for (const kind of condition.kinds) kinds.add(kind);
  }
  return [...kinds];
}

/** True if the state of `before` goes on under `after`. */
export const keeps = (before: CompiledRule, after: CompiledRule): boolean =>
  after.onChange === 'keep' &&
  before.pattern.kind === after.pattern.kind &&
  before.subject.length === after.subject.length &&
  [...before.subject].sort(compareText).join() === [...after.subject].sort(compareText).join();
