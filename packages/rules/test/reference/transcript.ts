import type { Signal } from '@resonant/contracts';
import type { CompiledRule, Subject } from '@resonant/engine';
import { type Evidence, keyOf, newestRule, type RuleRun, type SaidAlert, sha, termAt } from './rule-run.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const iso = (at: number): string => new Date(at).toISOString();
const cut = (at: number): number => Math.floor(at / hour) * hour;

export type Values = Readonly<Record<string, number>>;

/** One transition, before it is said. */
export interface Transition {
  readonly transition: 'opened' | 'updated' | 'resolved' | 'withdrawn';
  readonly state: string;
  readonly at: number;
  readonly values: Values;
  readonly evidence?: Evidence;
  /** The version that decides; without it the one in force at `at`. */
  readonly by?: CompiledRule;
}

interface Acknowledgement {
  readonly actionId: string;
  readonly occurredAt: number;
  /** The tick that took it. */
  readonly takenAt: number;
}

interface Due {
  /** The tick that decided the transition. */
  readonly decidedAt: number;
  readonly dueAt: number;
  readonly alert: SaidAlert;
  readonly run: RuleRun;
  readonly actionId: string;
  readonly line: Readonly<Record<string, unknown>>;
}

interface Entry {
  readonly at: number;
  readonly ruleId: string;
  readonly key: string;
  readonly seq: number;
  readonly escalation: boolean;
  readonly openedAt: number;
  readonly lines: readonly (object | Mark)[];
}

/** An anonymous action: of those with one id only the first that is said. */
class Mark {
  readonly actionId: string;
  readonly line: object;

  constructor(actionId: string, line: object) {
    this.actionId = actionId;
    this.line = line;
  }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is said, in order, with the actions that follow from it (rules.md 1 and 5). */
export class Transcript {
  #entries: Entry[] = [];
  #dues: Due[] = [];
  /** Mark → log time when it was made. */
  readonly #marks = new Map<string, number>();
  readonly #acknowledgements: Acknowledgement[] = [];
  /** By their ids, and by those of the actions that were asked for. */
  readonly #alerts = new Map<string, SaidAlert>();
  /** How many transitions were said. */
  readonly said = { opened: 0, updated: 0, resolved: 0, withdrawn: 0 };

  /** Whether labels name an alert that is open, or an action of one. */
  namesOpen({ alertId, actionId }: Signal['labels']): boolean {
    return [alertId, actionId].some((id) => id !== undefined && this.#alerts.get(id)?.end === null);
  }

  /** Takes an acknowledgement of an action. */
  acknowledge(actionId: string, occurredAt: number, takenAt: number): void {
    this.#acknowledgements.push({ actionId, occurredAt, takenAt });
  }

  open(run: RuleRun, key: string, first: Transition, now: number, start = first.at): SaidAlert {
    const { rule } = termAt(run, first.at);
    const alert: SaidAlert = {
      alertId: alertIdOf(run, key, first.at),
      ...{ key, at: first.at, state: first.state, values: first.values, start },
      evidence: first.evidence ?? [],
      ...{ seq: 0, lastAt: first.at, end: null },
    };
    if (run.said.some(({ alertId }) => alertId === alert.alertId)) throw new Error(`${rule.id} opens ${key} twice`);
    run.said.push(alert);
    this.#alerts.set(alert.alertId, alert);
    this.say(run, alert, first, now);
    return alert;
  }

  say(run: RuleRun, alert: SaidAlert, { transition, state, at, values, evidence, by }: Transition, now: number): void {
    const rule = by ?? termAt(run, at).rule;
    const subject = run.subjects.get(alert.key) as Subject;
    alert.seq++;
    this.said[transition]++;
    alert.lastAt = at;
    alert.evidence = evidence ?? alert.evidence;
    if (transition === 'resolved' || transition === 'withdrawn') {
      alert.end = { at, state, withdrawn: transition === 'withdrawn' };
    }
    const line = {
      ...{ type: 'alert', alertId: alert.alertId, seq: alert.seq, ruleId: rule.id, ruleVersion: rule.version, subject },
      ...{ transition, state, at: iso(at), decidedAt: iso(now), values },
      evidence: alert.evidence.map(({ signal, role }) => ({
        eventId: signal.eventId,
        signalId: signal.id,
        occurredAt: iso(signal.occurredAt),
        role,
      })),
      late: now - at > 5 * minute,
      shadow: rule.mode === 'shadow',
    };
    const actions =
      rule.mode === 'shadow' ? [] : this.#actions(run, rule, alert, { transition, state, at, values }, now);
    const place = { at, ruleId: rule.id, key: alert.key, seq: alert.seq, escalation: false, openedAt: alert.at };
    this.#entries.push({ ...place, lines: [line, ...actions] });
  }

  #actions(
    run: RuleRun,
    rule: CompiledRule,
    alert: SaidAlert,
    { transition, at, values }: Transition,
    now: number,
  ): readonly object[] {
    const subject = run.subjects.get(alert.key) as Subject;
    return rule.actions.flatMap((action, index): readonly object[] => {
      if (action.on !== transition) return [];
      const head = { type: 'action', action: action.type };
      const whose = { ruleId: rule.id, ruleVersion: rule.version };
      if (action.anonymous) {
        // Where the end of a rule ends an alert nobody is known to have data, which is enough for a group of none.
        if ((values.members ?? 0) < (action.minGroup as number)) return [];
        const { repId: _, contactId: __, ...group } = subject;
        const actionId = sha(rule.id, index, keyOf(group), cut(at));
        const who = {
          actionId,
          alertId: null,
          seq: 0,
          ...whose,
          subject: group,
          to: action.to,
          template: action.template,
        };
        return [new Mark(actionId, { ...head, ...who, at: iso(cut(at)), decidedAt: iso(cut(now)), dueAt: null })];
      }
      const idFor = (to: string): string => sha(alert.alertId, alert.seq, index, to);
      const dueAt = action.due === null ? null : Math.max(at, now - 5 * minute) + action.due;
      const actionId = idFor(action.to);
      this.#alerts.set(actionId, alert);
      const tail = { alertId: alert.alertId, seq: alert.seq, ...whose, subject };
      if (dueAt !== null && action.escalateTo !== null) {
        const line = {
          ...{ type: 'action', action: 'escalation', actionId: idFor(action.escalateTo), ...tail },
          ...{ to: action.escalateTo, template: action.template, at: iso(dueAt) },
        };
        this.#alerts.set(line.actionId, alert);
        this.#dues.push({ decidedAt: now, dueAt, alert, run, actionId, line });
      }
      const times = { at: iso(at), decidedAt: iso(now), dueAt: dueAt === null ? null : iso(dueAt) };
      return [{ ...head, actionId, ...tail, to: action.to, template: action.template, ...times }];
    });
  }

  /** Resolves what is open because its rule ends. */
  endRun(run: RuleRun, state: string, now: number): void {
    for (const alert of run.said.filter(({ end }) => end === null)) {
      this.say(run, alert, { transition: 'resolved', state, at: now, values: {}, by: newestRule(run) }, now);
    }
  }

  #escalate(now: number): void {
    for (const due of this.#dues.filter(({ dueAt }) => dueAt <= now)) {
      const { dueAt, alert, run, line } = due;
      if (this.#acknowledgements.some((it) => meets(it, due))) continue;
      if (alert.end !== null && alert.end.at <= dueAt) continue;
      const place = {
        at: dueAt,
        ruleId: run.id,
        key: alert.key,
        seq: line.seq as number,
        escalation: true,
        openedAt: alert.at,
      };
      this.#entries.push({ ...place, lines: [{ ...line, decidedAt: iso(now), dueAt: null }] });
    }
    this.#dues = this.#dues.filter((due) => due.dueAt > now);
  }

  #isFirst({ actionId }: Mark, now: number): boolean {
    const made = this.#marks.get(actionId);
    if (made !== undefined && now <= made + 7 * day) return false;
    this.#marks.set(actionId, now);
    return true;
  }

  /** The lines of one tick or rule entry, in order. */
  take(now: number): readonly string[] {
    this.#escalate(now);
    const entries = this.#entries;
    this.#entries = [];
    entries.sort(
      (a, b) =>
        a.at - b.at ||
        compareText(a.ruleId, b.ruleId) ||
        compareText(a.key, b.key) ||
        a.seq - b.seq ||
        Number(a.escalation) - Number(b.escalation) ||
        // Where an alert ends at the very instant at which a later one is withdrawn, the page leaves the order open.
        a.openedAt - b.openedAt,
    );
    const lines = entries
      .flatMap((entry) => entry.lines)
      .filter((line) => !(line instanceof Mark) || this.#isFirst(line, now));
    return lines.map((line) => JSON.stringify(line instanceof Mark ? line.line : line));
  }
}

/** One that is taken before there is what it names is unused. */
const meets = ({ actionId, occurredAt, takenAt }: Acknowledgement, due: Due): boolean =>
  actionId === due.actionId && occurredAt <= due.dueAt && takenAt >= due.decidedAt;

/** The id of the alert that opens for a subject at an instant. */
export const alertIdOf = (run: RuleRun, key: string, at: number): string => {
  const { rule } = termAt(run, at);
  return sha(rule.id, rule.version, key, at);
};
