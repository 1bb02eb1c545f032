import { type AlertFeedOptions, followAlerts, type StreamedAlert } from '../alert-feed.ts';
import { alertText } from '../alert-text.ts';
import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { countOf, parseOptions } from '../options.ts';

const help = `resonant tail: alerts as they arrive, on the terminal

Follows the gateway's websocket. When the connection is lost it reconnects and goes on behind the last alert, so nothing
is missed; after a reconnection an alert may be shown twice.

Usage: resonant tail [--from WHEN] [filters] [--json] [--count N]

  --from WHEN        latest (default), earliest, a span back such as 15m or 24h, an ISO time, or a cursor
  --rule ID          only this rule; may be given several times
  --severity WORD    info, low, high or critical; may be given several times
  --transition WORD  opened, updated, resolved or withdrawn; may be given several times
  --team ID          only alerts of this team; --region ID likewise
  --json             the alert as JSON, one a line
  --count N          end after N alerts

${connectionHelp}
Exit codes: 0 ended by --count or Ctrl-C; 1 the gateway refused; 2 the call was wrong

Examples:
  resonant tail --from 24h
  resonant tail --rule lead-response --transition opened --json | jq .subject.leadId
`;

const lists = ['rule', 'severity', 'transition', 'team', 'region'] as const;

export const tailCommand: Command = {
  name: 'tail',
  summary: 'Show alerts on the terminal as they arrive',
  help,
  run: async (args, io) => {
    const list = { type: 'string', multiple: true } as const;
    const { values } = parseOptions(args, {
      ...connectionOptions,
      from: { type: 'string', default: 'latest' },
      json: { type: 'boolean', default: false },
      count: { type: 'string' },
      rule: list,
      severity: list,
      transition: list,
      team: list,
      region: list,
    });
    const connection = new Connection(values, io.env);
    const filter = Object.fromEntries(
      lists.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
    );
    const limit = values.count === undefined ? Number.POSITIVE_INFINITY : countOf('count', values.count);
    const ended = new AbortController();
    let shown = 0;
    const show = (alert: StreamedAlert): void => {
      if (shown >= limit) return;
      io.stdout.write(`${values.json ? JSON.stringify(alert) : alertText(alert)}\n`);
      shown += 1;
      if (shown >= limit) ended.abort();
    };
    const options: AlertFeedOptions = {
      url: connection.serviceUrl('gateway'),
      key: connection.key,
      from: values.from,
      filter,
      signal: AbortSignal.any([io.signal, ended.signal]),
      onAlert: show,
      onGap: ({ reason, snapshotUrl }) => io.stderr.write(`gap: ${reason}; the alerts themselves: ${snapshotUrl}\n`),
      onState: (state, detail) => io.stderr.write(`${state}: ${detail}\n`),
    };
    if (limit > 0) await followAlerts(options);
    return 0;
  },
};
