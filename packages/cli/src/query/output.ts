import type { Writable } from 'node:stream';
import type { Answer, Column } from '@resonant/clickhouse';
import { UsageError } from '../options.ts';
import { tableOf } from '../table.ts';

export const formats = ['table', 'json', 'csv'] as const;

/** How an answer is written: columns for a terminal, a JSON object a row, or CSV with a head. */
export type Format = (typeof formats)[number];

/** The format that was named. */
export function formatOf(text: string): Format {
  const format = formats.find((known) => known === text);
  if (format === undefined) throw new UsageError(`--format expects ${formats.join(', ')}, got ${text}`);
  return format;
}

/** What was written. */
export interface Written {
  readonly rows: number;
  /** There were more rows than the limit. */
  readonly isCut: boolean;
}

/**
 * Writes at most `limit` rows of an answer; a pipe that does not read stops the query from going on. `onRow` hears of
 * every row.
 */
export async function writeAnswer(
  answer: Answer,
  options: {
    readonly format: Format;
    readonly limit: number;
    readonly stdout: Writable;
    readonly onRow?: (rows: number) => void;
  },
): Promise<Written> {
  const { format, limit, stdout, onRow = () => undefined } = options;
  const held: string[][] = [];
  let rows = 0;
  let isCut = false;
  try {
    if (format === 'csv') await write(stdout, csvLine(answer.columns.map(({ name }) => name)));
    for await (const row of answer.rows()) {
      if (rows === limit) {
        isCut = true;
        break;
      }
      rows += 1;
      onRow(rows);
      if (format === 'table') held.push(cellsOf(row));
      else await write(stdout, format === 'csv' ? csvLine(cellsOf(row)) : objectLine(answer.columns, row));
    }
  } finally {
    answer.close();
  }
  if (format === 'table' && answer.columns.length > 0) {
    await write(
      stdout,
      `${tableOf(
        answer.columns.map(({ name }) => name),
        held.map((cells) => cells.map(oneLine)),
      )}\n`,
    );
  }
  return { rows, isCut };
}

const write = (stdout: Writable, text: string): Promise<void> | undefined =>
  stdout.write(text) ? undefined : new Promise((resolve) => stdout.once('drain', () => resolve()));

/** The values of a row as text: digits as they came, text without quotes, nothing for NULL, JSON for all else. */
const cellsOf = (row: string): string[] =>
  sourcesOf(row).map((text) => (text.startsWith('"') ? JSON.parse(text) : text === 'null' ? '' : text));

/** The JSON text of each value of a row, cut at its commas: 64-bit integers would lose digits in `JSON.parse`. */
export function sourcesOf(row: string): readonly string[] {
  const values: string[] = [];
  let depth = 0;
  let from = 1;
  for (let at = 1; at < row.length; at += 1) {
    const character = row[at];
    if (character === '"') at = endOfText(row, at);
    else if (character === '[' || character === '{') depth += 1;
    else if (depth > 0 && (character === ']' || character === '}')) depth -= 1;
    else if (depth === 0 && (character === ',' || character === ']')) {
      values.push(row.slice(from, at).trim());
      from = at + 1;
    }
  }
  return values.length === 1 && values[0] === '' ? [] : values;
}

function endOfText(row: string, start: number): number {
  for (let at = start + 1; at < row.length; at += 1) {
    if (row[at] === '\\') at += 1;
    else if (row[at] === '"') return at;
  }
  return row.length;
}

function objectLine(columns: readonly Column[], row: string): string {
  const values = sourcesOf(row);
  return `{${columns.map(({ name }, at) => `${JSON.stringify(name)}:${values[at] ?? 'null'}`).join(',')}}\n`;
}

const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;

const longest = 120;

/** A cell of a table on one line, and not too wide. */
function oneLine(cell: string): string {
  const line = cell.replace(/[\p{Cc}]+/gu, ' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
