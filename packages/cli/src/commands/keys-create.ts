import { isResonantError } from '@resonant/contracts';
import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { createKey } from '../keys.ts';
import { durationOf, parseOptions, UsageError } from '../options.ts';

export const keysCreateCommand: Command = {
  name: 'keys create',
  summary: 'Make an API key; its secret is shown this once',
  help: `resonant keys create: make an API key

Prints the key on standard output, once: only its hash is stored. Whoever sends it as "Authorization: Bearer <key>" may
do what its scopes say. Services know it within a second.

Usage: resonant keys create --name NAME --scope SCOPE [--scope SCOPE …] [--expires SPAN]

  --name NAME     what it is for; shown in lists and logs
  --scope SCOPE   may be given several times:
                    ingest:calls, ingest:emails, ingest:forum, ingest:knowledge, ingest:crm, ingest:*
                    alerts:read, alerts:acknowledge, rules:read, rules:write
                    directory:write, vocabulary:write, history:query (any SQL that reads)
                    team:ID, region:ID (whose alerts may be seen)
                    admin (everything)
  --expires SPAN  valid for so long, e.g. 90d or 12h (default: without end)

${connectionHelp}
Exit codes: 0 made; 1 the log could not be reached; 2 the call was wrong

Examples:
  resonant keys create --name telephony --scope ingest:calls --expires 90d
  KEY=$(resonant keys create --name desk --scope alerts:read --scope team:north)
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...connectionOptions,
      name: { type: 'string' },
      scope: { type: 'string', multiple: true },
      expires: { type: 'string' },
    });
    const name = values.name?.trim();
    if (name === undefined || name === '') throw new UsageError('--name is missing');
    if (values.scope === undefined) throw new UsageError('--scope is missing');
    const now = Date.now();
    const expiresAt = values.expires === undefined ? null : now + durationOf('expires', values.expires);
    const log = await new Connection(values, io.env).log();
    try {
      const { text, record } = await createKey(log, { name, scopes: values.scope, expiresAt, now }).catch((error) => {
        throw isResonantError(error, 'invalid-request') ? new UsageError(error.message) : error;
      });
      io.stdout.write(`${text}\n`);
      const until = expiresAt === null ? 'without end' : `until ${new Date(expiresAt).toISOString()}`;
      io.stderr.write(
        `key ${record.keyId} for ${name} (${record.scopes.join(', ')}), valid ${until}; keep it, it is not shown again\n`,
      );
      return 0;
    } finally {
      await log.close();
    }
  },
};
