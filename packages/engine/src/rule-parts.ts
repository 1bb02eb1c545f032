import type { RuleSlot } from './rule-table.ts';
import { encodePart } from './state.ts';

/** Every part of every rule. */
export function* allRuleParts(slots: readonly RuleSlot[]): Generator<readonly [string, string]> {
  for (const slot of slots) {
    yield [slot.id, headOf(slot)];
    for (const [key, part] of slot.runtime?.exportParts() ?? []) yield [`${slot.id}/${key}`, encodePart(part)];
  }
}

/** Which parts of rules are not what they were. */
export class RuleParts {
  /** Parts of rules that ended. */
  readonly #ended = new Set<string>();
  readonly #heads = new Map<string, string>();

  /** The part of a rule as the caller of `changed` has it. */
  imported(id: string, head: string): void {
    this.#heads.set(id, head);
  }

  /** Call it when the runtime of a rule is about to go. */
  end({ id, runtime }: RuleSlot): void {
    for (const key of runtime?.keys() ?? []) this.#ended.add(`${id}/${key}`);
    for (const key of runtime?.changed ?? []) this.#ended.add(`${id}/${key}`);
  }

  /**
   * Parts that changed and were not given since; null = gone. What a rule has by now comes after what it had, the parts of
   * rules themselves come last.
   */
  *changed(slots: readonly RuleSlot[]): Generator<readonly [string, string | null]> {
    for (const name of this.#ended) {
      this.#ended.delete(name);
      yield [name, null];
    }
    for (const { id, runtime } of slots) {
      for (const key of runtime?.changed ?? []) {
        runtime?.changed.delete(key);
        const part = runtime?.exportPart(key);
        yield [`${id}/${key}`, part === undefined ? null : encodePart(part)];
      }
    }
    for (const slot of slots) {
      const head = headOf(slot);
      if (head === this.#heads.get(slot.id)) continue;
      this.#heads.set(slot.id, head);
      yield [slot.id, head];
    }
  }

  /** Parts of subjects that `changed` would give. */
  changedCount(slots: readonly RuleSlot[]): number {
    return slots.reduce((sum, { runtime }) => sum + (runtime?.changed.size ?? 0), this.#ended.size);
  }
}

function headOf({ revision, rule, runtime, knowsFrom }: RuleSlot): string {
  const running = runtime === null ? null : { versions: runtime.versions.export(), head: runtime.exportHead() };
  return encodePart({ revision, document: rule?.document ?? null, knowsFrom, running });
}
