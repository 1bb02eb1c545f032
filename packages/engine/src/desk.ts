import { type DueState, Dues } from './dues.ts';
import { compareText, idOf, subjectJson } from './ids.ts';
import { KeyedParts } from './keyed-parts.ts';
import type { ActionLine, AlertLine, Output, TransitionName } from './log.ts';
import type { ActionSpec, CompiledRule } from './rule.ts';
import type { Taken } from './runtime.ts';
import type { SaidAlert, Statement } from './said-alert.ts';
import type { SubjectRef } from './subject.ts';

const minute = 60_000;
const hour = 60 * minute;
const marksKept = 7 * 24 * hour;

/** As the version of the state before this one has it. */
export interface FormerDesk {
  readonly marks: readonly (readonly [string, number])[];
  readonly said: Record<TransitionName, number>;
  readonly dues: readonly (readonly [string, Omit<DueState, 'place'>])[];
}

interface Said {
  readonly at: number;
  readonly ruleId: string;
  readonly subjectJson: string;
  readonly seq: number;
  readonly rank: 0 | 1;
  readonly place: number;
  /** Where one alert ends at the instant at which a later one is withdrawn, the earlier one is said first. */
  readonly openedAt: number;
  readonly outputs: readonly Output[];
}

const bySaying = (a: Said, b: Said): number =>
  a.at - b.at ||
  compareText(a.ruleId, b.ruleId) ||
  compareText(a.subjectJson, b.subjectJson) ||
  a.seq - b.seq ||
  a.rank - b.rank ||
  a.openedAt - b.openedAt ||
  a.place - b.place;

/**
 * Where patterns say things: numbers transitions, derives ids, adds the actions of the rule's version, keeps dues and
 * escalates the missed ones, remembers anonymous marks, and hands out what one tick decided in the order of rules.md 1.
 */
export class Desk {
  /** The tick that decides. */
  now = Number.NEGATIVE_INFINITY;
  /** The tick before it: what it reached is decided. */
  previous = Number.NEGATIVE_INFINITY;
  /** Open alerts by id, and by the ids of their actions. */
  readonly open = new Map<string, SaidAlert>();
  readonly openActions = new Map<string, SaidAlert>();
  readonly dues = new Dues();
  /** Acknowledgements of this tick that name an alert which is not open yet, by alert id. */
  readonly early = new Map<string, Taken[]>();
  /** When anonymous actions were said, by id. */
  readonly marks = new KeyedParts<number>((at) => at);
  readonly said: Record<TransitionName, number> = { opened: 0, updated: 0, resolved: 0, withdrawn: 0 };
  #saying: Said[] = [];
  #forgotAt = Number.NEGATIVE_INFINITY;

  opened(rule: CompiledRule, subject: SubjectRef, statement: Statement): SaidAlert {
    const json = subjectJson(subject.fields);
    const alert: SaidAlert = {
      alertId: idOf(rule.id, rule.version, json, statement.at),
      ruleId: rule.id,
      subject,
      subjectJson: json,
      openedAt: statement.at,
      openState: statement.state,
      seq: 0,
      lastAt: statement.at,
      endedAt: null,
      actionIds: [],
    };
    this.open.set(alert.alertId, alert);
    this.#say(rule, alert, 'opened', statement);
    return alert;
  }

  /** Acknowledgements that this very tick has taken of an alert that it is about to open. */
  earlyFor(rule: CompiledRule, subject: SubjectRef, at: number): readonly Taken[] {
    if (this.early.size === 0) return [];
    return this.early.get(idOf(rule.id, rule.version, subjectJson(subject.fields), at)) ?? [];
  }

  updated(rule: CompiledRule, alert: SaidAlert, statement: Statement): void {
    this.#say(rule, alert, 'updated', statement);
  }

  resolved(rule: CompiledRule, alert: SaidAlert, statement: Statement): void {
    this.#say(rule, alert, 'resolved', statement);
    this.#end(alert, statement.at);
  }

  withdrawn(rule: CompiledRule, alert: SaidAlert, statement: Statement): void {
    this.#say(rule, alert, 'withdrawn', statement);
    this.#end(alert, statement.at);
  }

  /** Escalates every due that is missed by now. Call it when the tick has decided everything else. */
  escalate(): void {
    for (const { alert, dueAt, escalation, place } of this.dues.missed(this.now)) {
      this.#saying.push({
        at: dueAt,
        ruleId: alert.ruleId,
        subjectJson: alert.subjectJson,
        seq: escalation.seq,
        rank: 1,
        place,
        openedAt: alert.openedAt,
        outputs: [{ ...escalation, decidedAt: this.now }],
      });
    }
  }

  /** What was said since the last call, in order. */
  flush(): readonly Output[] {
    if (this.#saying.length === 0) return [];
    const outputs = this.#saying.sort(bySaying).flatMap((said) => said.outputs);
    this.#saying = [];
    return outputs.filter((output) => output.type === 'alert' || output.alertId !== null || this.#marks(output));
  }

  /** Anonymous actions with one id are one mark: the first that is said. */
  #marks({ actionId }: ActionLine): boolean {
    const marked = this.marks.get(actionId);
    if (marked !== undefined && marked >= this.now - marksKept) return false;
    this.marks.set(actionId, this.now);
    return true;
  }

  /** Forgets anonymous marks that are older than a week of log time. */
  forget(): void {
    if (this.now < this.#forgotAt + hour) return;
    this.#forgotAt = this.now;
    for (const [id, at] of this.marks.entries()) if (at < this.now - marksKept) this.marks.delete(id);
  }

  /** An alert that an import brought: it is open, and so are its actions. */
  adopt(alert: SaidAlert): void {
    this.open.set(alert.alertId, alert);
    for (const id of alert.actionIds) this.openActions.set(id, alert);
  }

  /** A due of an alert that was adopted, whose part stands as it would be written. */
  adoptDue(actionId: string, { alertId, ...due }: DueState): void {
    const alert = this.open.get(alertId);
    if (alert !== undefined) this.dues.adopt(actionId, { ...due, alert });
  }

  /** Takes over what has no parts yet. */
  importFormer({ marks, dues }: FormerDesk): void {
    for (const [id, at] of marks) this.marks.set(id, at);
    for (const [place, [id, { alertId, ...due }]] of dues.entries()) {
      const alert = this.open.get(alertId);
      if (alert !== undefined) this.dues.add(id, { ...due, place, alert });
    }
  }

  #end(alert: SaidAlert, at: number): void {
    alert.endedAt = at;
    this.open.delete(alert.alertId);
    for (const id of alert.actionIds) {
      this.openActions.delete(id);
      this.dues.end(id, at);
    }
  }

  #say(rule: CompiledRule, alert: SaidAlert, transition: TransitionName, statement: Statement): void {
    alert.seq++;
    alert.lastAt = statement.at;
    this.said[transition]++;
    const line: AlertLine = {
      type: 'alert',
      alertId: alert.alertId,
      seq: alert.seq,
      ruleId: rule.id,
      ruleVersion: rule.version,
      subject: alert.subject.fields,
      transition,
      state: statement.state,
      at: statement.at,
      decidedAt: this.now,
      values: statement.values,
      evidence: statement.evidence,
      late: this.now - statement.at > 5 * minute,
      shadow: rule.mode === 'shadow',
      openedAt: alert.openedAt,
      severity: rule.severity,
      title: rule.title,
      keyspace: rule.keyspace,
      partitionKey: alert.subject.partitionKey,
    };
    const outputs: Output[] = [line];
    if (rule.mode === 'live') {
      rule.actions.forEach((action, index) => {
        if (action.on !== transition) return;
        const asked = action.anonymous
          ? this.#mark(rule, action, index, line)
          : this.#ask(rule, action, index, line, alert);
        if (asked !== undefined) outputs.push(asked);
      });
    }
    this.#saying.push({
      at: line.at,
      ruleId: rule.id,
      subjectJson: alert.subjectJson,
      seq: line.seq,
      rank: 0,
      place: 0,
      openedAt: alert.openedAt,
      outputs,
    });
  }

  #ask(rule: CompiledRule, action: ActionSpec, index: number, line: AlertLine, alert: SaidAlert): ActionLine {
    const dueAt = action.due === null ? null : Math.max(line.at, line.decidedAt - 5 * minute) + action.due;
    const asked: ActionLine = {
      type: 'action',
      action: action.type,
      actionId: idOf(line.alertId, line.seq, index, action.to),
      alertId: line.alertId,
      seq: line.seq,
      ruleId: rule.id,
      ruleVersion: rule.version,
      subject: line.subject,
      to: action.to,
      template: action.template,
      at: line.at,
      decidedAt: line.decidedAt,
      dueAt,
      keyspace: rule.keyspace,
      partitionKey: line.partitionKey,
    };
    this.#openAction(asked, alert);
    if (dueAt !== null && action.escalateTo !== null) {
      const escalation: ActionLine = {
        ...asked,
        action: 'escalation',
        actionId: idOf(line.alertId, line.seq, index, action.escalateTo),
        to: action.escalateTo,
        at: dueAt,
        dueAt: null,
      };
      this.#openAction(escalation, alert);
      this.dues.add(asked.actionId, { alert, dueAt, escalation, place: index, met: false });
    }
    return asked;
  }

  /** An action that acknowledgements match while its alert is open. */
  #openAction({ actionId }: ActionLine, alert: SaidAlert): void {
    alert.actionIds.push(actionId);
    this.openActions.set(actionId, alert);
  }

  #mark(rule: CompiledRule, action: ActionSpec, index: number, line: AlertLine): ActionLine | undefined {
    if ((line.values.members ?? 0) < (action.minGroup ?? 0)) return undefined;
    const { repId: _rep, contactId: _contact, ...subject } = line.subject;
    const at = Math.floor(line.at / hour) * hour;
    const actionId = idOf(rule.id, index, subjectJson(subject), at);
    return {
      type: 'action',
      action: action.type,
      actionId,
      alertId: null,
      seq: 0,
      ruleId: rule.id,
      ruleVersion: rule.version,
      subject,
      to: action.to,
      template: action.template,
      at,
      decidedAt: Math.floor(line.decidedAt / hour) * hour,
      dueAt: null,
      keyspace: rule.keyspace,
      partitionKey: line.partitionKey,
    };
  }
}
