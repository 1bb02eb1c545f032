import type { StreamedAlert } from '../alert-feed.ts';
import { tableOf } from '../table.ts';
import type { Row } from './expectation.ts';

/** One line for an alert that arrives. */
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

/** The table of what was expected and what came. */
export const rowsText = (rows: readonly Row[]): string =>
  tableOf(
    ['', 'rule', 'subject', 'expected', 'came', 'why'],
    rows.map((row) => [row.isMet ? 'ok' : 'NO', row.rule, row.subject, row.expected, row.came, row.why]),
  );
