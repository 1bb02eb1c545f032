import type { ApiKey } from '@resonant/contracts';
import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { listKeys } from '../keys.ts';
import { parseOptions } from '../options.ts';
import { tableOf } from '../table.ts';

export const keysListCommand: Command = {
  name: 'keys list',
  summary: 'List API keys, revoked and expired ones included',
  help: `resonant keys list: who may do what, and until when

Usage: resonant keys list [--json]

  --json  one JSON object a line

${connectionHelp}
Exit codes: 0 done; 1 the log could not be reached; 2 the call was wrong

Example:
  resonant keys list --json | jq -r 'select(.state == "valid") | .name'
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, { ...connectionOptions, json: { type: 'boolean', default: false } });
    const log = await new Connection(values, io.env).log();
    try {
      const keys = await listKeys(log);
      const now = Date.now();
      if (values.json) for (const key of keys) io.stdout.write(`${JSON.stringify(shown(key, now))}\n`);
      else if (keys.length === 0) io.stdout.write('There are no keys yet; make one with: resonant keys create\n');
      else
        io.stdout.write(
          `${tableOf(
            ['id', 'name', 'state', 'scopes', 'made', 'expires'],
            keys.map((key) => rowOf(key, now)),
          )}\n`,
        );
      return 0;
    } finally {
      await log.close();
    }
  },
};

const stateOf = (key: ApiKey, now: number): 'valid' | 'revoked' | 'expired' => {
  if (key.revokedAt !== null && key.revokedAt <= now) return 'revoked';
  return key.expiresAt !== null && key.expiresAt <= now ? 'expired' : 'valid';
};

const iso = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());

const shown = (key: ApiKey, now: number) => ({
  keyId: key.keyId,
  name: key.name,
  state: stateOf(key, now),
  scopes: key.scopes,
  createdAt: iso(key.createdAt),
  expiresAt: iso(key.expiresAt),
  revokedAt: iso(key.revokedAt),
});

const rowOf = (key: ApiKey, now: number): readonly string[] => [
  key.keyId,
  key.name,
  stateOf(key, now),
  key.scopes.join(' '),
  iso(key.createdAt)?.slice(0, 16) ?? '',
  iso(key.expiresAt)?.slice(0, 16) ?? 'never',
];
