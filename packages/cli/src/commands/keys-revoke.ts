import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { keyIdOf, revokeKey } from '../keys.ts';
import { parseOptions, UsageError } from '../options.ts';

export const keysRevokeCommand: Command = {
  name: 'keys revoke',
  summary: 'End an API key',
  help: `resonant keys revoke: end an API key

Requests with it get 401 (expired-key) from then on; services know within a second. The key stays in the list.

Usage: resonant keys revoke ID

  ID  as "resonant keys list" shows it, or the whole key

${connectionHelp}
Exit codes: 0 it is revoked (also if it was before); 1 no such key, or the log could not be reached; 2 the call was wrong

Example:
  resonant keys revoke 0b6f4e3a91c2
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, connectionOptions, 1);
    const given = positionals[0];
    if (given === undefined) throw new UsageError('the id of the key is missing');
    const log = await new Connection(values, io.env).log();
    try {
      const key = await revokeKey(log, keyIdOf(given), Date.now());
      io.stdout.write(
        `key ${key.keyId} (${key.name}) is revoked since ${new Date(key.revokedAt ?? 0).toISOString()}\n`,
      );
      return 0;
    } finally {
      await log.close();
    }
  },
};
