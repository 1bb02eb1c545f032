import type { ActionLine, AlertLine, EvidenceItem, LogEntry, Output } from './log.ts';

/** ISO 8601 in UTC with ms. */
export const isoOf = (at: number): string => new Date(at).toISOString();

/** The JSON line of an output, fields in the order of rules.md section 1 and 5, without a line feed. */
export const formatOutput = (output: Output): string =>
  JSON.stringify(output.type === 'alert' ? alertOf(output) : actionOf(output));

const alertOf = (line: AlertLine) => ({
  type: line.type,
  alertId: line.alertId,
  seq: line.seq,
  ruleId: line.ruleId,
  ruleVersion: line.ruleVersion,
  subject: line.subject,
  transition: line.transition,
  state: line.state,
  at: isoOf(line.at),
  decidedAt: isoOf(line.decidedAt),
  values: line.values,
  evidence: line.evidence.map(evidenceOf),
  late: line.late,
  shadow: line.shadow,
});

const evidenceOf = ({ eventId, signalId, occurredAt, role }: EvidenceItem) => ({
  eventId,
  signalId,
  occurredAt: isoOf(occurredAt),
  role,
});

const actionOf = (line: ActionLine) => ({
  type: line.type,
  action: line.action,
  actionId: line.actionId,
  alertId: line.alertId,
  seq: line.seq,
  ruleId: line.ruleId,
  ruleVersion: line.ruleVersion,
  subject: line.subject,
  to: line.to,
  template: line.template,
  at: isoOf(line.at),
  decidedAt: isoOf(line.decidedAt),
  dueAt: line.dueAt === null ? null : isoOf(line.dueAt),
});

/** The JSON line of a log entry as `parseLine` reads it, without a line feed: what `log export` prints. */
export function formatEntry(entry: LogEntry): string {
  switch (entry.type) {
    case 'tick':
      return JSON.stringify({ type: 'tick', at: isoOf(entry.at) });
    case 'signal': {
      const { id, kind, occurredAt, ...rest } = entry.signal;
      return JSON.stringify({ type: 'signal', id, kind, occurredAt: isoOf(occurredAt), ...rest });
    }
    case 'rule': {
      const revision = entry.revision === null ? {} : { revision: entry.revision };
      if (entry.action === 'delete') {
        return JSON.stringify({ type: 'rule', action: 'delete', ruleId: entry.ruleId, ...revision });
      }
      const rule: unknown = typeof entry.document === 'string' ? JSON.parse(entry.document) : entry.document;
      return JSON.stringify({ type: 'rule', action: 'put', rule, ...revision });
    }
  }
}
