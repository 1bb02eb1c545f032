import type { Signal } from '@resonant/contracts';

/** Wall-clock time as a record: the only thing that moves log time. */
export interface TickEntry {
  readonly type: 'tick';
  /** Epoch ms. */
  readonly at: number;
}

/** A fact, or an acknowledgement; taken at the first tick that reaches it. */
export interface SignalEntry {
  readonly type: 'signal';
  readonly signal: Signal;
}

/** A rule put or deleted at its place in the log. */
export interface RuleEntry {
  readonly type: 'rule';
  readonly action: 'put' | 'delete';
  readonly ruleId: string;
  /** The rule document, parsed or as JSON text; null for a delete. */
  readonly document: unknown;
  /** Offset of the change in the rules topic; null where there is none. */
  readonly revision: number | null;
}

/** One record of a partition's log (rules.md section 1). */
export type LogEntry = TickEntry | SignalEntry | RuleEntry;

/** Fields of a signal or `labels.<name>` with their values, in the order the rule names them. */
export type Subject = Readonly<Record<string, string>>;

export type TransitionName = 'opened' | 'updated' | 'resolved' | 'withdrawn';

/** One signal that a decision rests on. */
export interface EvidenceItem {
  readonly eventId: string | null;
  readonly signalId: string;
  readonly occurredAt: number;
  readonly role: string;
}

/** One transition of one alert. Instants are epoch ms; the last five fields are not printed by `formatOutput`. */
export interface AlertLine {
  readonly type: 'alert';
  readonly alertId: string;
  readonly seq: number;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly subject: Subject;
  readonly transition: TransitionName;
  readonly state: string;
  readonly at: number;
  readonly decidedAt: number;
  readonly values: Readonly<Record<string, number>>;
  readonly evidence: readonly EvidenceItem[];
  readonly late: boolean;
  readonly shadow: boolean;
  readonly openedAt: number;
  readonly severity: string;
  readonly title: Readonly<Record<string, string>>;
  readonly keyspace: string;
  readonly partitionKey: string;
}

/** What a rule asks for, by role. The last two fields are not printed by `formatOutput`. */
export interface ActionLine {
  readonly type: 'action';
  readonly action: string;
  readonly actionId: string;
  /** Null when anonymous. */
  readonly alertId: string | null;
  /** 0 when anonymous. */
  readonly seq: number;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly subject: Subject;
  readonly to: string;
  readonly template: string | null;
  readonly at: number;
  readonly decidedAt: number;
  readonly dueAt: number | null;
  readonly keyspace: string;
  readonly partitionKey: string;
}

/** What the engine says, in the order decided. */
export type Output = AlertLine | ActionLine;
