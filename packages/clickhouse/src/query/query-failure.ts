import { type ErrorCode, ResonantError } from '@resonant/contracts';

/** What an error code of ClickHouse means to whoever asked; a code that is not here means that the query is wrong. */
const meanings = {
  'query-limit': [158, 159, 160, 241, 290, 307, 396, 394],
  'rate-limited': [201, 202],
  forbidden: [164, 291, 497],
  'history-unavailable': [3, 32, 33, 74, 75, 76, 107, 198, 203, 209, 210, 236, 242, 243, 279, 516, 999, 1000, 1001],
} as const satisfies Partial<Record<ErrorCode, readonly number[]>>;

const codes = new Map<number, ErrorCode>(
  (Object.keys(meanings) as (keyof typeof meanings)[]).flatMap((name) => meanings[name].map((code) => [code, name])),
);

const longest = 2000;

/**
 * The error of a query from ClickHouse's text (`Code: 62. DB::Exception: …`): `query-refused`, `query-limit`,
 * `rate-limited`, `forbidden` or `history-unavailable`. `extra` has `clickHouseCode` and, of a syntax error, `line` and
 * `column` from 1. `known` is the code, if it came beside the text; `statement` is what was asked.
 */
export function queryFailure(text: string, known?: number, statement = ''): ResonantError {
  const code = known ?? Number(/Code: (\d+)\./.exec(text)?.[1] ?? 0);
  const said = messageIn(text);
  const at = placeIn(said, statement);
  if (code === 0) {
    return new ResonantError('history-unavailable', `expected rows from ClickHouse, got: ${said.slice(0, 200)}`);
  }
  return new ResonantError(codes.get(code) ?? 'query-refused', `ClickHouse says ${code}: ${said}`, {
    extra: { clickHouseCode: code, ...at },
  });
}

/** What ClickHouse says without code, stack, version and name of the error. */
function messageIn(text: string): string {
  const from = text.indexOf('DB::Exception: ');
  const said = (from === -1 ? text : text.slice(from + 'DB::Exception: '.length))
    .replace(/\s*(\n\d+ [a-z]+)?\s*__exception__[\s\S]*$/, '')
    .replace(/\s*Stack trace:[\s\S]*$/, '')
    .replace(/\s*\(version [^)]*(\([^)]*\))?[^)]*\)\s*$/, '')
    .trim();
  return said.length > longest ? `${said.slice(0, longest)}…` : said;
}

/** Line and column, from 1; of a statement on one line ClickHouse says the position alone, in bytes from 1. */
function placeIn(said: string, statement: string): { readonly line: number; readonly column: number } | undefined {
  const place = /\(line (\d+), col (\d+)\)/.exec(said);
  if (place !== null) return { line: Number(place[1]), column: Number(place[2]) };
  const position = /failed at position (\d+)/.exec(said)?.[1];
  if (position === undefined) return undefined;
  const before = Buffer.from(statement)
    .subarray(0, Number(position) - 1)
    .toString()
    .split('\n');
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}
