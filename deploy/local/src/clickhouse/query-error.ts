/** ClickHouse's numbers and names of the errors that the endpoint itself raises. */
export const errorCodes = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_TABLE: 60,
  CANNOT_OPEN_FILE: 76,
  READONLY: 164,
  REQUIRED_PASSWORD: 194,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  SOCKET_TIMEOUT: 209,
  QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING: 216,
  QUERY_IS_TOO_LARGE: 223,
  ABORTED: 236,
  MEMORY_LIMIT_EXCEEDED: 241,
  NOT_ENOUGH_SPACE: 243,
  QUERY_WAS_CANCELLED: 394,
  UNKNOWN_QUERY_PARAMETER: 456,
  ACCESS_DENIED: 497,
  AUTHENTICATION_FAILED: 516,
  STD_EXCEPTION: 1001,
} as const;

export type ErrorName = keyof typeof errorCodes;

/** As ClickHouse maps its codes; what is not named here is 500. */
const statuses: ReadonlyMap<number, number> = new Map([
  ...[194].map((code) => [code, 401] as const),
  ...[192, 193, 497, 516].map((code) => [code, 403] as const),
  ...[6, 25, 26, 27, 36, 38, 41, 44, 50, 53, 62, 72, 117, 427, 676].map((code) => [code, 400] as const),
  ...[46, 47, 50, 56, 60, 63, 73, 81, 115, 511].map((code) => [code, 404] as const),
  [159, 408],
  [223, 413],
  [48, 501],
  ...[76, 202, 209, 236, 439].map((code) => [code, 503] as const),
]);

/** An error as ClickHouse's HTTP protocol tells it. */
export class QueryError extends Error {
  readonly code: number;

  /** `message` without the code before and the name behind it, e.g. `Too many rows`. */
  constructor(name: ErrorName, message: string) {
    super(`Code: ${errorCodes[name]}. DB::Exception: ${message} (${name})`);
    this.name = 'QueryError';
    this.code = errorCodes[name];
  }

  /** What the engine has said, which opens with the code. */
  static ofEngine(message: string): QueryError {
    const code = Number(/^\s*Code: (\d+)\./.exec(message)?.[1] ?? Number.NaN);
    if (Number.isNaN(code)) return new QueryError('STD_EXCEPTION', message.trim());
    const error = new QueryError('STD_EXCEPTION', '');
    return Object.assign(error, { code, message: message.trim() });
  }

  static of(error: unknown): QueryError {
    if (error instanceof QueryError) return error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return new QueryError('NOT_ENOUGH_SPACE', message);
    if (code === 'EROFS' || code === 'EACCES' || code === 'EIO') return new QueryError('CANNOT_OPEN_FILE', message);
    return QueryError.ofEngine(message);
  }

  /** HTTP status of an answer that nothing else has gone out before. */
  get status(): number {
    return statuses.get(this.code) ?? 500;
  }
}

export const denied = (what: string): QueryError =>
  new QueryError('ACCESS_DENIED', `analyst: Not enough privileges: ${what}`);
