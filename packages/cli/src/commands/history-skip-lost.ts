import { userInfo } from 'node:os';
import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { Connection, connectionOptions } from '../connection.ts';
import { epochsOf } from '../history/epochs.ts';
import { historyGroup, type StuckStream, stuckStreams, stuckText } from '../history/lost.ts';
import { parseOptions, UsageError } from '../options.ts';

export const historySkipLostCommand: Command = {
  name: 'history skip-lost',
  summary: 'Let history go on behind records that Kafka no longer keeps',
  help: `resonant history skip-lost: let history go on behind records that are lost

What history has not stored and Kafka no longer keeps is gone: after a restore of a backup that is older than Kafka's
retention, or when services/history was away for longer. The service then stops at that partition and says so. This
command shows which offsets are lost, by the ledger, and with --yes has history go on behind them: a range without
records stands for them in the ledger, and resonant.lost_ranges says who gave them up and why, as do audit seals and
audit verify. The service may run; it goes on by itself within half a minute.

Restore the topic from a backup first, if there is one: what is skipped is not fetched later.

Usage: resonant history skip-lost [--topic T[,T…]] [--yes --reason TEXT] [--by NAME] [--epochs T=N[,T=N…]]

  --topic T      only these topics, separated by commas (default: every topic that history keeps)
  --yes          do it; without it nothing is changed
  --reason TEXT  why: it is kept
  --by NAME      who says so (default: the system's user)
  --epochs LIST  as HISTORY_EPOCHS of the service, if it runs with that         HISTORY_EPOCHS

${clickhouseHelp}  --brokers LIST          Kafka, host:port separated by commas               KAFKA_BROKERS
  --registry URL          schema registry                                    SCHEMA_REGISTRY_URL

Exit codes: 0 nothing is lost, or it was skipped; 1 something is lost and nothing was changed, a partition needs something
else, or it failed; 2 the call was wrong

Examples:
  resonant history skip-lost
  resonant history skip-lost --yes --reason "restored the backup of March, calls are kept 14 days"
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...connectionOptions,
      ...clickhouseOptions,
      topic: { type: 'string' },
      yes: { type: 'boolean', default: false },
      reason: { type: 'string' },
      by: { type: 'string' },
      epochs: { type: 'string' },
    });
    const { yes, reason = '', by = userInfo().username } = values;
    if (yes && reason.trim() === '') throw new UsageError('why? give --reason TEXT');
    if (by.trim() === '') throw new UsageError('--by expects a name');
    const epochs = epochsOf(values.epochs ?? io.env.HISTORY_EPOCHS ?? '');
    const { keptTopics, recordLosses } = await import('@resonant/clickhouse');
    const topics = values.topic?.split(',') ?? keptTopics;
    for (const topic of topics) {
      if (!keptTopics.includes(topic)) throw new UsageError(`history keeps no topic ${topic}`);
    }
    const { skipLostRanges } = await import('@resonant/kafka');
    const clickhouse = await historyOf(values, io.env);
    const log = await new Connection(values, io.env).log();
    try {
      const stuck = await stuckStreams(clickhouse, await log.admin(), topics, epochs);
      for (const stream of stuck) io.stdout.write(stuckText(stream));
      if (stuck.length === 0) {
        io.stdout.write('history can go on where it is: nothing is lost\n');
        return 0;
      }
      const lost = stuck.filter(
        (stream): stream is StuckStream & { readonly goOnAt: number } => stream.goOnAt !== null,
      );
      if (!yes) {
        io.stderr.write('Nothing was changed; add --yes and --reason TEXT to go on without what is lost.\n');
        return 1;
      }
      const losses = lost.flatMap((stream) => stream.lost);
      await recordLosses(clickhouse, losses, { reason: reason.trim(), by: by.trim() });
      const moved = lost.map((stream) => ({ ...stream, reason: 'no-longer-kept' as const }));
      await skipLostRanges(log, historyGroup, moved);
      for (const { topic, partition, goOnAt } of lost) {
        io.stdout.write(`history goes on at offset ${goOnAt} of ${topic}/${partition}\n`);
      }
      return lost.length === stuck.length ? 0 : 1;
    } finally {
      await log.close();
      await clickhouse.close();
    }
  },
};
