import type { Desk } from '../desk.ts';
import type { CompiledRule } from '../rule.ts';
import type { Statement } from '../said-alert.ts';
import type { Versions } from '../versions.ts';
import type { LateArrivals } from './late-arrivals.ts';
import type { Member } from './member.ts';
import type { Series } from './meter.ts';

/**
 * Compares what is derived with what was said (rules.md 3.6). An opening waits until the run is over: only then it is
 * known whether it stands in free time, or is the one that was said already.
 */
export class Said<S extends Series> {
  readonly #desk: Desk;
  readonly #versions: Versions;
  readonly #late: LateArrivals<S>;

  constructor(desk: Desk, versions: Versions, late: LateArrivals<S>) {
    this.#desk = desk;
    this.#versions = versions;
    this.#late = late;
  }

  /** `decidedTo` = the last time that earlier ticks have decided. */
  opened(member: Member<S>, rule: CompiledRule, statement: Statement, decidedTo: number): void {
    member.pending = { statement, updates: [] };
    for (const { signal, arrivedAt } of this.#desk.earlyFor(rule, member.subject, statement.at)) {
      const at = signal.occurredAt;
      if (!this.#late.counts({ arrivedAt, decidedTo }, at)) continue;
      member.acknowledged = [...member.acknowledged, { at, alertAt: statement.at }];
    }
  }

  /** `isNew`: at an instant that no earlier tick has decided. */
  updated(member: Member<S>, rule: CompiledRule, statement: Statement, isNew: boolean): void {
    const { pending, alert } = member;
    if (pending !== null) member.pending = { ...pending, updates: [...pending.updates, statement] };
    else if (alert !== null && alert.said.openedAt <= statement.at) {
      const saidTo = member.tail?.saidTo ?? alert.said.lastAt;
      if (isNew || statement.at > saidTo) this.#desk.updated(rule, alert.said, statement);
    }
  }

  resolved(member: Member<S>, rule: CompiledRule, statement: Statement, withoutData: boolean): void {
    const before = member.alert;
    if (member.pending !== null) {
      this.finish(member);
    } else if (before === null || before.said.openedAt > statement.at) return;
    const { said } = member.alert as NonNullable<typeof before>;
    this.#desk.resolved(rule, said, statement);
    member.owned = [...member.owned, { at: said.openedAt, end: statement.at, withoutData }];
    member.alert = before !== null && before.said !== said ? before : null;
  }

  withdrawn(member: Member<S>, rule: CompiledRule, statement: Statement): void {
    if (member.alert === null) return;
    this.#desk.withdrawn(rule, member.alert.said, statement);
    member.barred = [...member.barred, statement.at];
    member.alert = null;
  }

  /** Says the opening that waits, and what followed it. */
  finish(member: Member<S>): void {
    const { pending } = member;
    if (pending === null) return;
    const { statement, updates } = pending;
    const said = this.#desk.opened(this.#versions.at(statement.at), member.subject, statement);
    member.alert = { said, values: statement.values };
    for (const update of updates) this.#desk.updated(this.#versions.at(update.at), said, update);
    member.pending = null;
  }
}
