import type { InHistory } from './in-history.ts';
import type { Trace } from './trace-event.ts';

/** A trace for people: a paragraph for each store that was asked. */
export function traceText(trace: Trace): string {
  const { eventId, isFound, ingest, log, history, unasked } = trace;
  const wasAsked = (store: string): boolean => !unasked.some((one) => one.store.startsWith(store));
  const lines = [`event ${eventId}`];
  if (wasAsked('ingest')) {
    lines.push(
      ingest === null
        ? 'ingest   does not remember the id: never accepted, or more than four days ago'
        : `ingest   ${ingest.state}; a copy is known for one for ${hours(ingest.remembersMs)}`,
    );
  }
  if (wasAsked('the log')) {
    lines.push(
      log === null
        ? 'log      the gateway does not know its place: not there, older than its memory, or not for this key'
        : `log      ${log.topic}/${log.partition} offset ${log.offset}`,
    );
  }
  if (wasAsked('history')) lines.push(...(history === null ? ['history  holds nothing of it'] : historyLines(history)));
  if (!isFound) {
    lines.push(
      unasked.length === 0
        ? 'No store knows this event: check the id (source:id), and whether the sender got a 2xx.'
        : 'No store that could be asked knows this event.',
    );
  }
  return `${lines.join('\n')}\n`;
}

function historyLines({ touchpoints, signals, alerts, deadLetters }: InHistory): readonly string[] {
  return [
    ...touchpoints.map(
      ({ topic, partition, offset, occurredAt, receivedAt, appendedAt, storedAt, payloadBytes }) =>
        `history  touchpoint of ${topic}/${partition} offset ${offset}: happened ${occurredAt}, received ${receivedAt}, ` +
        `in the log ${appendedAt}, stored ${storedAt ?? 'in no range of the ledger'}, ${payloadBytes} bytes as received`,
    ),
    ...signals.map(
      ({ kind, signalId, keyspace, partition, offset, occurredAt }) =>
        `signal   ${kind} ${signalId} at ${occurredAt}: ${keyspace}/${partition} offset ${offset}`,
    ),
    ...(touchpoints.length > 0 && signals.length === 0 ? ['signal   none: it says nothing that a rule could use'] : []),
    ...alerts.map(
      ({ alertId, ruleId, seq, transition, role, at }) =>
        `alert    ${alertId} seq ${seq} ${transition} of ${ruleId} at ${at}, as ${role}`,
    ),
    ...deadLetters.map(
      ({ deadLetterId, reason, origin, at }) => `letter   ${deadLetterId} ${reason} at ${at}, from ${origin}`,
    ),
  ];
}

const hours = (ms: number): string =>
  ms < 3_600_000 ? `${Math.ceil(ms / 60_000)} min` : `${Math.floor(ms / 3_600_000)} h`;
