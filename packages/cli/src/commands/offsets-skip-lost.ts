import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { historyGroup } from '../history/lost.ts';
import { parseOptions, UsageError } from '../options.ts';

export const offsetsSkipLostCommand: Command = {
  name: 'offsets skip-lost',
  summary: 'Let a consumer group go on behind records that are no longer kept',
  help: `resonant offsets skip-lost: let a consumer group go on behind records that are no longer kept

A service that was away for longer than a topic keeps its records refuses to start: what it has not read is gone, and
it does not pass over that by itself. This command shows what is lost, and with --yes moves the group to the beginning
of what is kept. Where the log is there and only the committed offset of resonant-signals is gone (a broker forgets those
of a group that was away for a week), the group moves to where resonant.positions.v1 says that it had read to. A service that tries to start again then goes on there by itself. Where npm start ends because of it,
"node deploy/local/bootstrap.mjs stack --data DIR" starts Kafka alone and prints the variables that lead here.

Usage: resonant offsets skip-lost --group G --topic T[,T…] [--yes]

  --group G   the consumer group that the service named
  --topic T   the topics that it named, separated by commas
  --yes       do it; without it nothing is changed

${connectionHelp}
Exit codes: 0 nothing is lost, or it was skipped; 1 something is lost and nothing was changed, or the log could not be
reached; 2 the call was wrong, or it is services/history, which goes by its ledger: resonant history skip-lost

Examples:
  resonant offsets skip-lost --group resonant-signals --topic resonant.touchpoints.calls.v1
  resonant offsets skip-lost --group resonant-signals --topic resonant.touchpoints.calls.v1 --yes
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...connectionOptions,
      group: { type: 'string' },
      topic: { type: 'string' },
      yes: { type: 'boolean', default: false },
    });
    const { group, topic, yes } = values;
    if (group === undefined) throw new UsageError('--group is missing');
    if (topic === undefined) throw new UsageError('--topic is missing');
    if (group === historyGroup) {
      throw new UsageError(`${group} goes by the ledger, not by committed offsets: resonant history skip-lost`);
    }
    const { lostRangeText, lostRanges, skipLostRanges } = await import('@resonant/kafka');
    const log = await new Connection(values, io.env).log();
    try {
      const { reachOf } = await import('@resonant/stream');
      const lost = await lostRanges(await log.admin(), group, topic.split(','), await reachOf(log, group));
      for (const range of lost) io.stdout.write(`${lostRangeText(range)}\n`);
      if (lost.length === 0) {
        io.stdout.write(`${group} can go on where it is: nothing is lost\n`);
        return 0;
      }
      if (!yes) {
        io.stderr.write('Nothing was changed; add --yes to go on without what is lost.\n');
        return 1;
      }
      await skipLostRanges(log, group, lost);
      for (const { topic: name, partition, goOnAt } of lost) {
        io.stdout.write(`${group} goes on at offset ${goOnAt} of ${name}/${partition}\n`);
      }
      return 0;
    } finally {
      await log.close();
    }
  },
};
