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
    for (const [key] of runtime?.exportParts() ?? []) this.#ended.add(`${id}/${key}`);
    for (const key of runtime?.changed ?? []) this.#ended.add(`${id}/${key}`);
  }

  /** Parts that changed since the last call; null = gone. What a rule has by now comes after what it had. */
  *changed(slots: readonly RuleSlot[]): Generator<readonly [string, string | null]> {
    for (const name of this.#ended) yield [name, null];
    this.#ended.clear();
    for (const slot of slots) {
      const head = headOf(slot);
      if (head !== this.#heads.get(slot.id)) yield [slot.id, head];
      this.#heads.set(slot.id, head);
      const { runtime } = slot;
      for (const key of runtime?.changed ?? []) {
        const part = runtime?.exportPart(key);
        yield [`${slot.id}/${key}`, part === undefined ? null : encodePart(part)];
      }
      runtime?.changed.clear();
    }
  }
}

function headOf({ revision, rule, runtime, knowsFrom }: RuleSlot): string {
  const running = runtime === null ? null : { versions: runtime.versions.export(), head: runtime.exportHead() };
  return encodePart({ revision, document: rule?.document ?? null, knowsFrom, running });
}
