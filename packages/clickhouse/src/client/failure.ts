import { ClickHouseError } from '@clickhouse/client';
import { type ErrorCode, isResonantError, ResonantError } from '@resonant/contracts';
import { classOf, type ErrorClass } from './error-codes.ts';

const codes: Readonly<Record<ErrorClass, ErrorCode>> = {
  transient: 'history-unavailable',
  data: 'history-refused-data',
  schema: 'history-schema',
};

/** Class of an error that this package threw; undefined for any other. */
export const errorClassOf = (error: unknown): ErrorClass | undefined =>
  isResonantError(error) ? (Object.keys(codes) as ErrorClass[]).find((name) => codes[name] === error.code) : undefined;

/** ClickHouse's own code of an error that this package threw; undefined if there was no answer to take one from. */
export const clickHouseCodeOf = (error: unknown): number | undefined =>
  isResonantError(error) && typeof error.extra.clickHouseCode === 'number' ? error.extra.clickHouseCode : undefined;

/** An answer of ClickHouse with an error code. `what` says what was under way. */
export const refusal = (what: string, code: number, message: string, cause?: unknown): ResonantError =>
  new ResonantError(codes[classOf(code)], `${what}: ClickHouse says ${code}: ${firstLine(message)}`, {
    extra: { clickHouseCode: code },
    cause,
  });

/** What came of a call that got no answer, or an answer through the client library. */
export function failureOf(what: string, error: unknown): ResonantError {
  if (isResonantError(error)) return error;
  if (error instanceof ClickHouseError) return refusal(what, Number(error.code), error.message, error);
  return new ResonantError('history-unavailable', `${what}: no answer from ClickHouse: ${textOf(error)}`, {
    cause: error,
  });
}

function textOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return firstLine(message || code || String(error));
}

const firstLine = (text: string): string => {
  const line = text.trim().split('\n', 1)[0] as string;
  return line.length > 1000 ? `${line.slice(0, 1000)}…` : line;
};
