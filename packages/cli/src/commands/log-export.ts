import { once } from 'node:events';
import { keyspaces } from '@resonant/contracts';
import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { readEntries } from '../log-entries.ts';
import { countOf, parseOptions, UsageError } from '../options.ts';

const help = `resonant log export: one partition's log as JSON lines

Prints signals, ticks and rules of a partition, in their order, as "resonant replay" reads them: what the replay says is
what the processor said, byte for byte. Ends at what stands in the partition when the command starts. A record that
cannot be decoded is left out, and its offset named on stderr; the processor leaves it out too.

Usage: resonant log export --keyspace K --partition P

  --keyspace K       ${keyspaces.join(', ')}
  --partition P      number of the partition, from 0

${connectionHelp}
Exit codes: 0 done, also when records were left out; 1 the log could not be read; 2 the call was wrong

Example:
  resonant log export --keyspace team --partition 2 | resonant replay --alerts-only
`;

export const logExportCommand: Command = {
  name: 'log export',
  summary: "Print one partition's log as JSON lines for replay",
  help,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...connectionOptions,
      keyspace: { type: 'string' },
      partition: { type: 'string' },
    });
    const keyspace = keyspaces.find((name) => name === values.keyspace);
    if (keyspace === undefined) {
      throw new UsageError(`--keyspace expects one of ${keyspaces.join(', ')}, got ${values.keyspace ?? 'nothing'}`);
    }
    if (values.partition === undefined) throw new UsageError('--partition is missing');
    const partition = countOf('partition', values.partition);
    const log = await new Connection(values, io.env).log();
    try {
      await readEntries(log, keyspace, partition, {
        entry: async (line) => {
          io.signal.throwIfAborted();
          if (!io.stdout.write(`${line}\n`)) await once(io.stdout, 'drain');
        },
        undecodable: (offset, reason) => io.stderr.write(`left out offset ${offset}: ${reason}\n`),
      });
      return 0;
    } finally {
      await log.close();
    }
  },
};
