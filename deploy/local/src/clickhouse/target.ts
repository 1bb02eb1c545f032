import { isUtf8 } from 'node:buffer';
import { QueryError } from './query-error.ts';

/** What a request line points at. */
export interface Target {
  readonly path: string;
  /** What stands behind the question mark, as it was sent. */
  readonly search: string;
}

/** Reads the target of a request line. */
export function targetOf(url: string): Target {
  const [, path = '', search = ''] = /^(?:https?:\/\/[^/?]*)?([^?#]*)\??([^#]*)/is.exec(url) ?? [];
  return { path: path === '' ? '/' : path, search };
}

/** The fields of a search. Throws BAD_ARGUMENTS for bytes that are no UTF-8, which nothing behind this could keep. */
export function fieldsOf(search: string): URLSearchParams {
  for (const [run] of search.matchAll(/(?:%[\da-f]{2})+/gi)) {
    if (isUtf8(Buffer.from(run.replaceAll('%', ''), 'hex'))) continue;
    throw new QueryError(
      'BAD_ARGUMENTS',
      `The URL is not UTF-8 at ${run.slice(0, 60)}: write other bytes as unhex('…')`,
    );
  }
  return new URLSearchParams(search);
}
