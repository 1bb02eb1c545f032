import { clickhouseHelp, clickhouseOptions } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { parseOptions, UsageError } from '../options.ts';
import { traceEvent } from '../trace/trace-event.ts';
import { traceText } from '../trace/trace-text.ts';

export const traceCommand: Command = {
  name: 'trace',
  summary: 'Show where one event is: ingest, log, signals, alerts, history, dead letters',
  help: `resonant trace: where one event is

Asks each store for itself, so that a store that is down hides nothing that another knows: ingest's claim in Redis, the
gateway for the place in the log, history for the rest. What could not be asked is said.

Usage: resonant trace EVENT [--json]

  EVENT   an event id, as evidence names it: source and the sender's id, e.g. calls:acme-1; or the id of a dead letter, or its first
          12 digits
  --json  the whole as one JSON object

${connectionHelp}
${clickhouseHelp.split('\n').slice(2).join('\n')}  Redis is REDIS_URL, else that of the local stack.

Exit codes: 0 found somewhere; 1 nowhere, or what could be asked does not know it; 2 the call was wrong

Example:
  resonant trace calls:acme-1
`,
  run: async (args, io) => {
    const options = { ...connectionOptions, ...clickhouseOptions, json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseOptions(args, options, 1);
    const [eventId] = positionals;
    if (eventId === undefined || eventId === '') throw new UsageError('expected an event id, got none');
    const connection = new Connection(values, io.env);
    const trace = await traceEvent(eventId, { connection, clickHouse: values, env: io.env, signal: io.signal });
    io.stdout.write(values.json ? `${JSON.stringify(trace)}\n` : traceText(trace));
    for (const { store, reason } of trace.unasked) io.stderr.write(`${store} could not be asked: ${reason}\n`);
    return trace.isFound ? 0 : 1;
  },
};
