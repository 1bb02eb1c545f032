import { keyspaces, type Records } from '@resonant/contracts';
import { finite, from1, instant, named, oneOf, refuse } from './checks.ts';
import type { RecordRow } from './intake-columns.ts';
import type { Coordinates } from './record.ts';

const severities = ['info', 'low', 'high', 'critical'];
const transitions = ['opened', 'updated', 'resolved', 'withdrawn'];
const actions = [
  'learning-card',
  'intervention',
  'board-mark',
  'talk-track-pack',
  'knowledge-push',
  'warning',
  'escalation',
];
const roles = ['rep', 'supervisor', 'director', 'account-owner', 'team-board', 'region'];

/** The row of a transition. Throws a ValueError for what no row can hold, as do the others here. */
export const alertRow = (alert: Records['Alert'], coordinates: Coordinates): RecordRow<'intake_alerts'> => ({
  rule_id: named('ruleId', alert.ruleId),
  rule_version: from1('ruleVersion', alert.ruleVersion),
  ...subjectColumns(alert.subject),
  alert_id: named('alertId', alert.alertId),
  seq: from1('seq', alert.seq),
  transition: oneOf('transition', transitions, alert.transition),
  state: named('state', alert.state),
  at: instant('at', alert.at),
  decided_at:
    alert.decidedAt >= alert.at
      ? instant('decidedAt', alert.decidedAt)
      : refuse('decidedAt', `an instant not before at (${alert.at})`, alert.decidedAt),
  opened_at: instant('openedAt', alert.openedAt),
  severity: oneOf('severity', severities, alert.severity),
  title: alert.title,
  values: finite('values', alert.values),
  evidence: alert.evidence.map(({ eventId, signalId, occurredAt, role }, index) => [
    ...[eventId ?? '', signalId, instant(`evidence.${index}.occurredAt`, occurredAt), role],
  ]),
  is_late: alert.isLate ? 1 : 0,
  is_shadow: alert.isShadow ? 1 : 0,
  ...originColumns(alert),
  ...coordinates,
});

/** The row of an action. */
export const actionRow = (action: Records['Action'], coordinates: Coordinates): RecordRow<'intake_actions'> => ({
  action: oneOf('action', actions, action.action),
  action_id: named('actionId', action.actionId),
  alert_id: action.alertId ?? '',
  seq: action.alertId === null && action.seq === 0 ? 0 : from1('seq', action.seq),
  rule_id: named('ruleId', action.ruleId),
  rule_version: from1('ruleVersion', action.ruleVersion),
  ...subjectColumns(action.subject),
  to_role: oneOf('to', roles, action.to),
  template: action.template ?? '',
  at: instant('at', action.at),
  decided_at: instant('decidedAt', action.decidedAt),
  due_at: action.dueAt === null ? null : instant('dueAt', action.dueAt),
  // An anonymous action names no tick (-1): it would lead to the alert, and that to the person.
  ...originColumns(action.alertId === null && action.tickOffset === -1 ? { ...action, tickOffset: 0 } : action),
  ...coordinates,
});

/** The row of an attempt to deliver an action. */
export const deliveryRow = (
  delivery: Records['Delivery'],
  coordinates: Coordinates,
): RecordRow<'intake_deliveries'> => ({
  delivery_id: named('deliveryId', delivery.deliveryId),
  action_id: named('actionId', delivery.actionId),
  alert_id: delivery.alertId ?? '',
  recipient: named('recipient', delivery.recipient),
  medium: named('medium', delivery.medium),
  status: oneOf('status', ['delivered', 'held', 'failed'], delivery.status),
  reason: delivery.reason ?? '',
  at: instant('at', delivery.at),
  ...coordinates,
});

type Subject = Readonly<Record<string, string>>;

/** The subject as rules.md section 1 writes it for ids (keys sorted, no spaces), and by field in the rule's order. */
const subjectColumns = (subject: Subject): { readonly subject: string; readonly subject_fields: Subject } => ({
  subject: JSON.stringify(Object.fromEntries(Object.entries(subject).sort(([a], [b]) => (a < b ? -1 : 1)))),
  subject_fields: subject,
});

interface Origin {
  readonly keyspace: string;
  readonly partitionKey: string;
  readonly partition: number;
  readonly tickOffset: number;
}

const originColumns = ({ keyspace, partitionKey, partition, tickOffset }: Origin) => ({
  keyspace: oneOf('keyspace', keyspaces, keyspace),
  partition_key: partitionKey,
  log_partition: partition >= 0 && partition <= 65_535 ? partition : refuse('partition', 'a partition', partition),
  tick_offset: tickOffset >= 0 ? tickOffset : refuse('tickOffset', 'an offset', tickOffset),
});
