import type { Action, Alert, Evidence } from '@resonant/contracts';

const iso = (instant: number): string => new Date(instant).toISOString();

const evidenceJson = ({ eventId, signalId, occurredAt, role }: Evidence) => ({
  eventId,
  signalId,
  occurredAt: iso(occurredAt),
  role,
});

/** An alert as every frame and answer shows it: the alert line of rules.md section 1, then where it came from. */
export const alertJson = (alert: Alert) => ({
  type: 'alert' as const,
  alertId: alert.alertId,
  seq: alert.seq,
  ruleId: alert.ruleId,
  ruleVersion: alert.ruleVersion,
  subject: alert.subject,
  transition: alert.transition,
  state: alert.state,
  at: iso(alert.at),
  decidedAt: iso(alert.decidedAt),
  values: alert.values,
  evidence: alert.evidence.map(evidenceJson),
  late: alert.isLate,
  shadow: alert.isShadow,
  openedAt: iso(alert.openedAt),
  severity: alert.severity,
  title: alert.title,
  keyspace: alert.keyspace,
  partitionKey: alert.partitionKey,
  partition: alert.partition,
  tickOffset: alert.tickOffset,
});

/** An action as answers show it: the action line of rules.md section 5, then where it came from. */
export const actionJson = (action: Action) => ({
  type: 'action' as const,
  action: action.action,
  actionId: action.actionId,
  alertId: action.alertId,
  seq: action.seq,
  ruleId: action.ruleId,
  ruleVersion: action.ruleVersion,
  subject: action.subject,
  to: action.to,
  template: action.template,
  at: iso(action.at),
  decidedAt: iso(action.decidedAt),
  ...(action.dueAt === null ? {} : { dueAt: iso(action.dueAt) }),
  keyspace: action.keyspace,
  partitionKey: action.partitionKey,
  partition: action.partition,
  tickOffset: action.tickOffset,
});
