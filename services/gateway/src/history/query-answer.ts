import type { Answer } from '@resonant/clickhouse';
import { isResonantError, problemOf, ResonantError } from '@resonant/contracts';

/** What one query may give and take. */
export interface QueryLimits {
  readonly rows: number;
  readonly bytes: number;
  readonly ms: number;
}

/**
 * The lines of an answer: `{columns, queryId, limits}`, a JSON array for each row, and last `{rows, truncated}`, where
 * `truncated` is `rows` or `bytes` if a limit cut the answer, else null. What fails on the way is the last line instead:
 * `{error: problem, rows}`. Ends the query when whoever reads stops.
 */
export async function* queryLines(
  answer: Answer,
  limits: QueryLimits,
  signal: AbortSignal,
  done: (outcome: {
    readonly rows: number;
    readonly truncated: 'rows' | 'bytes' | null;
    readonly code: string;
  }) => void,
): AsyncGenerator<string> {
  let rows = 0;
  let bytes = 0;
  let truncated: 'rows' | 'bytes' | null = null;
  let code = 'aborted';
  try {
    yield `${JSON.stringify({ columns: answer.columns, queryId: answer.queryId, limits })}\n`;
    for await (const row of answer.rows()) {
      if (rows === limits.rows) truncated = 'rows';
      else if (bytes + row.length > limits.bytes) truncated = 'bytes';
      if (truncated !== null) break;
      rows += 1;
      bytes += row.length;
      yield `${row}\n`;
    }
    code = 'ok';
    yield `${JSON.stringify({ rows, truncated })}\n`;
  } catch (error) {
    const known = failureOf(error, signal, limits);
    code = known.code;
    yield `${JSON.stringify({ error: problemOf(known), rows })}\n`;
  } finally {
    answer.close();
    done({ rows, truncated, code });
  }
}

/** What a query failed with: that it took too long, where we ended it ourselves. */
export function failureOf(error: unknown, signal: AbortSignal, limits: QueryLimits): ResonantError {
  if (signal.aborted && (signal.reason as Error | undefined)?.name === 'TimeoutError') {
    return new ResonantError('query-limit', `expected an answer within ${limits.ms} ms; narrow the query down`);
  }
  if (isResonantError(error)) return error;
  return new ResonantError('history-unavailable', 'the connection to ClickHouse broke', { cause: error });
}
