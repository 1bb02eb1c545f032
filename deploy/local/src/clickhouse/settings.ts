import type { ClickhouseUser } from '@resonant/cli';
import type { Config } from './config.ts';
import { literal } from './lexer.ts';
import { QueryError } from './query-error.ts';

/** Parameters of ClickHouse's HTTP interface that are no settings of the engine. */
const ofHttp = new Set([
  'add_http_cors_header',
  'buffer_size',
  'cancel_http_readonly_queries_on_client_close',
  'client_protocol_version',
  'close_session',
  'database',
  'default_format',
  'enable_http_compression',
  'http_zlib_compression_level',
  'password',
  'query',
  'query_id',
  'quota_key',
  'role',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_write_exception_in_output_format',
  'session_check',
  'session_id',
  'session_timeout',
  'stacktrace',
  'user',
  'wait_end_of_query',
]);

/** What an analyst may set: the form of answers and how NULLs join, but nothing that lifts a limit or names a file. */
const ofAnalyst =
  /^(output_format_(json|csv|tsv|pretty|arrow|parquet|values|decimal|write)_[a-z0-9_]+|date_time_output_format|format_csv_delimiter|join_use_nulls|extremes|result_overflow_mode|prefer_column_name_to_alias)$/;

/** What an analyst may only lower. */
const lowered = ['max_execution_time', 'max_result_rows', 'max_memory_usage'] as const;

/** Settings in the URL, without what belongs to HTTP. Throws for what is not supported and would change the result. */
export function settingsOf(search: URLSearchParams, user: ClickhouseUser): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [name, value] of search) {
    if (ofHttp.has(name) || name.startsWith('param_')) continue;
    if (name === 'compress' || name === 'decompress') {
      if (value === '0' || value === '') continue;
      throw new QueryError('NOT_IMPLEMENTED', `${name}=1 is not supported: use Content-Encoding and Accept-Encoding`);
    }
    if (!/^[a-z][a-z0-9_]{0,99}$/i.test(name)) {
      throw new QueryError('BAD_ARGUMENTS', `${name.slice(0, 100)} is no name of a setting`);
    }
    if (user === 'analyst' && isLowered(name) && !/^\d+(\.\d+)?$/.test(value)) {
      throw new QueryError('BAD_ARGUMENTS', `${name} expects a number, 0 or more, got ${value.slice(0, 100)}`);
    }
    settings.set(name, value);
  }
  return settings;
}

const isLowered = (name: string): boolean => lowered.some((known) => known === name);

/** Statements that prepare a session for one request; limits come first, `readonly` last. */
export function sessionSettings(
  config: Config,
  user: ClickhouseUser,
  queryId: string,
  given: ReadonlyMap<string, string>,
): readonly string[] {
  const own = user === 'analyst' ? analystLimits(config, given) : writerLimits(config);
  const asked = [...given].filter(([name]) => user === 'writer' || ofAnalyst.test(name));
  const all = new Map<string, string>([...own, ...asked, ['log_comment', queryId]]);
  const set = (name: string, value: string): string => `${name} = ${literal(value)}`;
  const list = [...all].map(([name, value]) => set(name, value)).join(', ');
  return [`SET ${list}`, ...(user === 'analyst' ? ['SET readonly = 1'] : [])];
}

const writerLimits = (config: Config): readonly (readonly [string, string])[] => [
  ['max_execution_time', String(config.MAX_SECONDS)],
  ['max_memory_usage', String(config.MAX_MEMORY_BYTES)],
];

function analystLimits(config: Config, given: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  const most = {
    max_execution_time: config.ANALYST_MAX_SECONDS,
    max_result_rows: config.ANALYST_MAX_ROWS,
    max_memory_usage: config.ANALYST_MAX_MEMORY_BYTES,
  } as const;
  return [
    ...lowered.map((name) => {
      const wanted = Number(given.get(name));
      // 0 is "no limit" to the engine.
      return [name, String(wanted > 0 ? Math.min(wanted, most[name]) : most[name])] as const;
    }),
    ['max_result_bytes', String(config.ANALYST_MAX_MEMORY_BYTES)],
    ['max_temporary_data_on_disk_size_for_query', String(config.ANALYST_MAX_MEMORY_BYTES)],
    ['allow_ddl', '0'],
    ['allow_introspection_functions', '0'],
  ];
}
