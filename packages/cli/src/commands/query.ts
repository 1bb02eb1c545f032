import { text as textOfStream } from 'node:stream/consumers';
import { clickhouseHelp, clickhouseOptions } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { countOf, parseOptions, UsageError } from '../options.ts';
import { formatOf } from '../query/output.ts';
import { givenParameters, runQuery } from '../query/run.ts';

export const queryCommand: Command = {
  name: 'query',
  summary: 'Ask history in SQL, read-only',
  help: `resonant query: ask history in SQL, read-only

Runs one statement as the analyst, who can read what happened in the database resonant (but not by which hashes erased
persons are known) and change nothing; how long it may take and how much it may read is limited. \`SHOW TABLES FROM resonant\` and \`SELECT name, comment FROM system.tables\`
say what there is. Ctrl-C ends the query.

Usage: resonant query SQL [--param NAME=VALUE …] [--format FORMAT] [--limit N]

  SQL                 the statement, without FORMAT and SETTINGS; - reads it from standard input
  --param NAME=VALUE  value of {NAME:Type}; instants as 2026-03-03T09:00:00Z, 2026-03-03, now or -24h, lists as a,b,c
  --format FORMAT     table (default), json (an object a line) or csv
  --limit N           show at most N rows (default 1000)

${clickhouseHelp}
Exit codes: 0 answered; 1 past a limit, or ClickHouse does not answer; 2 the call or the statement was wrong

Examples:
  resonant query 'SELECT rule_id, count() FROM resonant.alerts GROUP BY rule_id'
  resonant query 'SELECT * FROM resonant.v_lead_response(from = {from:DateTime}, to = {to:DateTime}, within_ms = 90000)' \\
    --param from=-7d --param to=now --format csv > leads.csv
`,
  run: async (args, io) => {
    const options = {
      ...clickhouseOptions,
      param: { type: 'string', multiple: true, default: [] as string[] },
      format: { type: 'string', default: 'table' },
      limit: { type: 'string', default: '1000' },
    } as const;
    const { values, positionals } = parseOptions(args, options, 1);
    const [given] = positionals;
    if (given === undefined) throw new UsageError('expected a statement, got none');
    const { placeholdersOf } = await import('@resonant/clickhouse');
    const statement = (given === '-' ? await textOfStream(io.stdin) : given).trim();
    if (statement === '') throw new UsageError('expected a statement, got an empty one');
    return runQuery(
      {
        statement,
        types: placeholdersOf(statement),
        parameters: givenParameters(values.param),
        format: formatOf(values.format),
        limit: countOf('limit', values.limit),
        connection: values,
      },
      io,
    );
  },
};
