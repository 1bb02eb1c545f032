import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ClickhouseUser } from '@resonant/cli';
import { limits } from './limits.ts';
import { QueryError } from './query-error.ts';
import { settingsOf } from './settings.ts';

/** A request for a statement, as HTTP carries it. */
export interface QueryRequest {
  readonly user: ClickhouseUser;
  readonly queryId: string;
  /** By GET: nothing may be changed. */
  readonly isGet: boolean;
  readonly database: string | undefined;
  /** The format of a result whose statement names none. */
  readonly defaultFormat: string;
  /** The part of the statement in the URL or in a field of a form. */
  readonly query: string;
  /** The rest of it, or the data that follow it. */
  readonly body: Buffer;
  readonly params: ReadonlyMap<string, string>;
  readonly settings: ReadonlyMap<string, string>;
  readonly waitsForEnd: boolean;
  /** It names a session, which others are meant to go on with. */
  readonly isOfSession: boolean;
}

/** Reads what a request asks for. Throws what ClickHouse would answer to one that cannot be understood. */
export async function readRequest(
  method: string,
  headers: IncomingHttpHeaders,
  url: URLSearchParams,
  user: ClickhouseUser,
  received: Buffer,
): Promise<QueryRequest> {
  const form = /^multipart\/form-data\b/i.test(headers['content-type'] ?? '')
    ? await formFields(headers['content-type'] as string, received)
    : undefined;
  const search = new URLSearchParams([...url, ...(form ?? [])]);
  const defaultFormat = search.get('default_format') || oneHeader(headers['x-clickhouse-format']) || 'TabSeparated';
  if (!/^\w{1,64}$/.test(defaultFormat)) {
    throw new QueryError(
      'BAD_ARGUMENTS',
      `default_format expects the name of a format, got ${defaultFormat.slice(0, 64)}`,
    );
  }
  return {
    user,
    queryId: queryIdOf(search),
    isGet: method !== 'POST',
    database: search.get('database') ?? oneHeader(headers['x-clickhouse-database']),
    defaultFormat,
    query: search.get('query') ?? '',
    body: form === undefined ? received : Buffer.alloc(0),
    params: new Map([...search].flatMap(([name, value]) => paramOf(name, value))),
    settings: settingsOf(search, user),
    waitsForEnd: search.get('wait_end_of_query') === '1',
    isOfSession: search.has('session_id'),
  };
}

const oneHeader = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

function queryIdOf(search: URLSearchParams): string {
  const given = search.get('query_id') || randomUUID();
  if (given.length > limits.queryIdLength || !/^[\x20-\x7e]+$/.test(given)) {
    throw new QueryError('BAD_ARGUMENTS', `query_id expects up to ${limits.queryIdLength} printable ASCII characters`);
  }
  return given;
}

function paramOf(name: string, value: string): readonly (readonly [string, string])[] {
  if (!name.startsWith('param_')) return [];
  const param = name.slice('param_'.length);
  if (!/^[A-Za-z_]\w{0,99}$/.test(param)) {
    throw new QueryError('BAD_ARGUMENTS', `${name.slice(0, 100)} expects a name behind param_`);
  }
  return [[param, value]];
}

async function formFields(contentType: string, body: Buffer): Promise<readonly [string, string][]> {
  if (!isUtf8(body)) throw new QueryError('BAD_ARGUMENTS', "The form is not UTF-8: write other bytes as unhex('…')");
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch((error: Error) => {
      throw new QueryError('BAD_ARGUMENTS', `The form cannot be read: ${error.message}`);
    });
  return [...form].map(([name, value]) => {
    if (typeof value !== 'string' || !/^(query|param_\w+)$/.test(name)) {
      throw new QueryError(
        'NOT_IMPLEMENTED',
        `External data (${name.slice(0, 100)}) are not supported: use param_… or a table`,
      );
    }
    return [name, value];
  });
}
