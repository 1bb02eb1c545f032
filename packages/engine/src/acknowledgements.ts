import type { Desk } from './desk.ts';
import type { RuleTable } from './rule-table.ts';
import type { Taken } from './runtime.ts';
import type { SaidAlert } from './said-alert.ts';

/**
 * Acknowledgements of the tick that decides: each is matched by the alert or action that it names, when it is taken, and
 * again when the tick has opened what it opens (rules.md 2, 3.2, 5).
 */
export class Acknowledgements {
  readonly #desk: Desk;
  readonly #rules: RuleTable;
  readonly #taken: { readonly taken: Taken; readonly used: boolean }[] = [];

  constructor(desk: Desk, rules: RuleTable) {
    this.#desk = desk;
    this.#rules = rules;
  }

  /** Hands one to the alert and the due that it names. `used`: a rule has accepted it as a signal. */
  take(taken: Taken, used: boolean): void {
    this.#taken.push({ taken, used: this.#match(taken) || used });
  }

  /** Meets the dues of what the tick has opened; returns how many it has taken, and how many of them are used. */
  settle(): { readonly taken: number; readonly used: number } {
    const taken = this.#taken.length;
    let used = 0;
    for (const each of this.#taken) if (each.used || this.#meets(each.taken)) used++;
    this.#taken.length = 0;
    this.#desk.early.clear();
    return { taken, used };
  }

  /** True if it matches an open alert or an action of one. */
  #match(taken: Taken): boolean {
    const { alertId } = taken.signal.labels;
    const alert = this.#desk.open.get(alertId ?? '');
    if (alert !== undefined) this.#acknowledge(alert, taken);
    else if (alertId !== undefined) this.#expect(alertId, taken);
    return this.#meets(taken);
  }

  #acknowledge(alert: SaidAlert, taken: Taken): void {
    const slot = this.#rules.get(alert.ruleId);
    if (slot?.runtime?.acknowledge(alert, taken) === true) this.#rules.touch(slot);
  }

  /** An alert that is not open is acknowledged: this very tick may open it. */
  #expect(alertId: string, taken: Taken): void {
    const others = this.#desk.early.get(alertId);
    if (others === undefined) this.#desk.early.set(alertId, [taken]);
    else others.push(taken);
  }

  /** Meets the due that is named, if it is in time. True if what is named is open. */
  #meets({ signal }: Taken): boolean {
    const { labels, occurredAt } = signal;
    const actionId = labels.actionId ?? '';
    this.#desk.dues.meet(actionId, occurredAt);
    return this.#desk.open.has(labels.alertId ?? '') || this.#desk.openActions.has(actionId);
  }
}
