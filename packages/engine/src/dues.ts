import { KeyedParts } from './keyed-parts.ts';
import type { ActionLine } from './log.ts';
import { type Wake, Wakes, wakeOf } from './patterns/wakes.ts';
import type { SaidAlert } from './said-alert.ts';

/** An action that waits to be acknowledged. */
export interface Due {
  readonly alert: SaidAlert;
  readonly dueAt: number;
  readonly escalation: ActionLine;
  /** Which of the actions of its transition it is: missed together, they are said in this order. */
  readonly place: number;
  readonly met: boolean;
}

/** A due as its part holds it. */
export type DueState = Omit<Due, 'alert'> & { readonly alertId: string };

const dueState = ({ alert: { alertId }, dueAt, escalation, place, met }: Due): DueState => {
  return { alertId, dueAt, escalation, place, met };
};

/** Actions that wait to be acknowledged, by action id, and what is missed of them (rules.md 5). */
export class Dues {
  readonly parts = new KeyedParts<Due>(dueState);
  readonly #order = new Wakes<string>();
  readonly #wakes = new Map<string, Wake<string>>();

  add(actionId: string, due: Due): void {
    this.parts.set(actionId, due);
    this.#expect(actionId, due.dueAt);
  }

  /** Meets a due if the acknowledgement of `at` is in time. */
  meet(actionId: string, at: number): void {
    const due = this.parts.get(actionId);
    if (due !== undefined && at <= due.dueAt && !due.met) this.parts.set(actionId, { ...due, met: true });
  }

  /** Drops what was not yet due when its alert ended at `at`. */
  end(actionId: string, at: number): void {
    const due = this.parts.get(actionId);
    if (due === undefined || at > due.dueAt) return;
    this.#expect(actionId, Number.POSITIVE_INFINITY);
    this.#drop(actionId);
  }

  /** Takes the dues that have come by `now`; returns those that are missed. */
  missed(now: number): readonly Due[] {
    const missed: Due[] = [];
    for (let actionId = this.#order.take(now); actionId !== undefined; actionId = this.#order.take(now)) {
      const due = this.parts.get(actionId) as Due;
      this.#drop(actionId);
      const { alert, dueAt, met } = due;
      if (!met && (alert.endedAt === null || alert.endedAt > dueAt)) missed.push(due);
    }
    return missed;
  }

  /** A due of an alert that was adopted, whose part stands as it would be written. */
  adopt(actionId: string, due: Due): void {
    this.parts.adopt(actionId, due);
    this.#expect(actionId, due.dueAt);
  }

  #expect(actionId: string, at: number): void {
    let wake = this.#wakes.get(actionId);
    if (wake === undefined) {
      wake = wakeOf(actionId);
      this.#wakes.set(actionId, wake);
    }
    this.#order.set(wake, at);
  }

  #drop(actionId: string): void {
    this.#wakes.delete(actionId);
    this.parts.delete(actionId);
  }
}
