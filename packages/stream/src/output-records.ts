import { type Action, type Alert, actionsTopic, alertsTopic, eventHeaders, traceparentOf } from '@resonant/contracts';
import { type ActionLine, type AlertLine, formatOutput, type Output } from '@resonant/engine';
import type { NewRecord } from '@resonant/kafka';

/** Where in the log an output was decided. */
export interface Coordinates {
  /** Partition of the signals topic. */
  readonly partition: number;
  /** Offset of the deciding tick in it. */
  readonly tickOffset: number;
}

const source = '/services/processor';

/** Stands for the tick of an anonymous action: its offset would lead to the alert, and that to the rep. */
const noTick = -1;

/** The record of an alert line. */
export const alertRecordOf = (line: AlertLine, { partition, tickOffset }: Coordinates): Alert => ({
  alertId: line.alertId,
  seq: line.seq,
  ruleId: line.ruleId,
  ruleVersion: line.ruleVersion,
  subject: line.subject,
  transition: line.transition,
  state: line.state,
  at: line.at,
  decidedAt: line.decidedAt,
  values: line.values,
  evidence: line.evidence,
  isLate: line.late,
  isShadow: line.shadow,
  openedAt: line.openedAt,
  severity: line.severity,
  title: line.title,
  keyspace: line.keyspace,
  partitionKey: line.partitionKey,
  partition,
  tickOffset,
});

/** The record of an action line; an anonymous one (`alertId` null) names no tick. */
export const actionRecordOf = (line: ActionLine, { partition, tickOffset }: Coordinates): Action => ({
  action: line.action,
  actionId: line.actionId,
  alertId: line.alertId,
  seq: line.seq,
  ruleId: line.ruleId,
  ruleVersion: line.ruleVersion,
  subject: line.subject,
  to: line.to,
  template: line.template,
  at: line.at,
  decidedAt: line.decidedAt,
  dueAt: line.dueAt,
  keyspace: line.keyspace,
  partitionKey: line.partitionKey,
  partition,
  tickOffset: line.alertId === null ? noTick : tickOffset,
});

/** The line that `resonant replay` prints for an alert (rules.md section 1). */
export const alertLineOf = (record: Alert): string => {
  const { isLate, isShadow, partition: _partition, tickOffset: _tickOffset, transition, ...rest } = record;
  return formatOutput({
    type: 'alert',
    ...rest,
    transition: transition as AlertLine['transition'],
    late: isLate,
    shadow: isShadow,
  });
};

/** The line that `resonant replay` prints for an action (rules.md section 5). */
export const actionLineOf = (record: Action): string => {
  const { partition: _partition, tickOffset: _tickOffset, ...rest } = record;
  return formatOutput({ type: 'action', ...rest });
};

/** Encoders of what the processor puts out. */
export interface OutputEncoders {
  readonly alert: (value: Alert) => Buffer;
  readonly action: (value: Action) => Buffer;
}

/** The record that an output becomes; the same output gives the same bytes. */
export function outputRecordOf(output: Output, coordinates: Coordinates, encoders: OutputEncoders): NewRecord {
  const isAlert = output.type === 'alert';
  const id = isAlert ? `${output.alertId}/${output.seq}` : output.actionId;
  // What an alert says and asks for is one trace; an anonymous action must not lead to the alert.
  const traceparent = output.alertId === null ? undefined : traceparentOf(output.alertId, id);
  return {
    topic: isAlert ? alertsTopic : actionsTopic,
    key: output.partitionKey,
    value: isAlert
      ? encoders.alert(alertRecordOf(output, coordinates))
      : encoders.action(actionRecordOf(output, coordinates)),
    headers: eventHeaders({ id, type: output.type, source, time: output.decidedAt, traceparent }),
  };
}
