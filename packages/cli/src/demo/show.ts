import { tableOf } from '../table.ts';
import type { Row } from './expectation.ts';

/** The table of what was expected and what came. */
export const rowsText = (rows: readonly Row[]): string =>
  tableOf(
    ['', 'rule', 'subject', 'expected', 'came', 'why'],
    rows.map((row) => [row.isMet ? 'ok' : 'NO', row.rule, row.subject, row.expected, row.came, row.why]),
  );
