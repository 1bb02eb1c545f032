import { readFile } from 'node:fs/promises';
import { isResonantError } from '@resonant/contracts';
import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { Connection, connectionOptions } from '../connection.ts';
import { isFileError } from '../file-error.ts';
import { countOf, parseOptions, UsageError } from '../options.ts';
import { rangeOf } from '../range.ts';

export const rulesBacktestCommand: Command = {
  name: 'rules backtest',
  summary: 'What a rule would have said over stored history, against another version',
  help: `resonant rules backtest: a rule over stored history

Runs the rule of FILE over the stored log of its keyspace, and beside it the version that history has of it, and prints the
alerts that would be added, lost or moved, with values and evidence. Both run from the beginning of the stored log and
begin there without memory; the range only chooses the alerts that are compared.

Usage: resonant rules backtest FILE --from T --to T [--against VERSION|none] [--json]

  --from T, --to T  openings of alerts, from ≤ at < to: an ISO time, a span back such as 30d, or now
  --against V       version to compare with (default: the last one stored), or none
  --json            the report as one JSON object

${clickhouseHelp}  --registry URL, --brokers LIST  to read stored records             SCHEMA_REGISTRY_URL, KAFKA_BROKERS

Exit codes: 0 no difference; 1 a difference, or it failed; 2 the call or the rule was wrong, or nothing is stored

Example:
  resonant rules backtest lead-response.yaml --from 30d --to now --against 3
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(
      args,
      {
        ...connectionOptions,
        ...clickhouseOptions,
        from: { type: 'string' },
        to: { type: 'string' },
        against: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
      1,
    );
    const [file] = positionals;
    if (file === undefined) throw new UsageError('which rule? give FILE');
    const range = rangeOf(values, Date.now());
    const { loadRuleDocument, compileRule } = await import('@resonant/rules');
    const { candidate, id } = await readFile(file)
      .then((bytes) => {
        const document = loadRuleDocument(bytes);
        return { candidate: document, id: compileRule(document).id };
      })
      .catch((error: unknown) => {
        if (isResonantError(error, 'invalid-rule') || isFileError(error))
          throw new UsageError(`${file}: ${error.message}`);
        throw error;
      });
    const audit = await import('@resonant/audit');
    const clickhouse = await historyOf(values, io.env);
    const log = await new Connection(values, io.env).log();
    try {
      const version =
        values.against === undefined || values.against === 'none' ? null : countOf('against', values.against);
      const baseline = values.against === 'none' ? null : await audit.storedRule(clickhouse, id, version);
      if (baseline === null && values.against !== 'none') {
        throw new UsageError(
          `history has no ${version === null ? 'version' : `version ${version}`} of ${id}: give --against none to compare with nothing`,
        );
      }
      const report = await audit.backtest(clickhouse, (await import('@resonant/kafka')).decoderFor(log), {
        ...{ candidate, baseline, range },
        onProgress: (what, done, total) => {
          io.signal.throwIfAborted();
          io.stderr.write(`${done} of ${total}  ${what}\n`);
        },
      });
      io.stdout.write(values.json ? `${JSON.stringify(report)}\n` : audit.backtestText(report));
      if (report.partitions === 0) {
        io.stderr.write('nothing is stored to run over: no partition has a log with ticks\n');
        return 2;
      }
      return report.added.length + report.lost.length + report.moved.length === 0 ? 0 : 1;
    } finally {
      await log.close();
      await clickhouse.close();
    }
  },
};
