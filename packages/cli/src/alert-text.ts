import type { StreamedAlert } from './alert-feed.ts';

/** One line for an alert: when, how severe, which rule about whom, what happened, because of which touchpoints. */
export const alertText = (alert: StreamedAlert): string =>
  [
    alert.at.slice(0, 19).replace('T', ' '),
    alert.severity.padEnd(8),
    `${alert.ruleId} ${Object.values(alert.subject).join(' · ')}:`,
    `${alert.transition} (${alert.state})`,
    evidenceText(alert),
  ]
    .join('  ')
    .trimEnd();

const evidenceText = ({ evidence }: StreamedAlert): string => {
  const ids = evidence.flatMap(({ eventId }) => (eventId === null ? [] : [eventId]));
  return ids.length === 0 ? '' : `because of ${ids.join(', ')}`;
};
