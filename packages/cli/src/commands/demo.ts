import { join } from 'node:path';
import { historyOf } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { runDemo } from '../demo/run.ts';
import { countOf, parseOptions, UsageError } from '../options.ts';
import { repository } from '../places.ts';

const demoFolder = join(repository, 'packages', 'cli', 'demo');

const help = `resonant demo: play a working day of two teams and compare what comes with what is expected

Sends the texts of packages/cli/demo through the public API, as their upstream systems would, and moves the log's clock
along, up to 600 times as fast as the wall's. Alerts are shown as they arrive on the websocket. At the end a table says
what was expected and what came, whether Kafka (read_committed) holds the same transitions, and whether ClickHouse holds as
many transitions and signals as Kafka, with a ledger that has no gap.

The day is in the past, so it needs a log that has seen no later time, and processor and gateway that run with
RESONANT_CLOCK=log; npm start takes care of both. A demo that was broken off goes on where it stopped.

Usage: resonant demo [--speed N]

  --speed N          times as fast as the wall clock at most (default 600)
  --github-secret S  secret of the GitHub endpoint "community" (default: the local stack's)   RESONANT_GITHUB_SECRET

${connectionHelp}
Exit codes: 0 everything came as expected; 1 something differs; 2 the call was wrong or the log is past the day

Example:
  resonant demo --speed 300
`;

export const demoCommand: Command = {
  name: 'demo',
  summary: 'Play a scripted day and compare the alerts with what is expected',
  help,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...connectionOptions,
      speed: { type: 'string', default: '600' },
      'github-secret': { type: 'string' },
    });
    const speed = countOf('speed', values.speed);
    if (speed === 0) throw new UsageError('--speed expects at least 1');
    const connection = new Connection(values, io.env);
    const log = await connection.log();
    const clickHouse = await historyOf(values, io.env);
    try {
      return await runDemo({
        folder: demoFolder,
        log,
        clickHouse,
        ingestUrl: connection.serviceUrl('ingest'),
        gatewayUrl: connection.serviceUrl('gateway'),
        signalsUrl: connection.serviceUrl('signals'),
        key: connection.key,
        githubSecret: values['github-secret'] ?? io.env.RESONANT_GITHUB_SECRET ?? connection.githubSecret,
        speed,
        signal: io.signal,
        write: (line) => void io.stdout.write(`${line}\n`),
      });
    } finally {
      await clickHouse.close();
      await log.close();
    }
  },
};
