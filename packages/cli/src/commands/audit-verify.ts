import { type Keyspace, keyspaces } from '@resonant/contracts';
import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { Connection, connectionOptions } from '../connection.ts';
import { parseOptions, UsageError } from '../options.ts';
import { rangeOf } from '../range.ts';

export const auditVerifyCommand: Command = {
  name: 'audit verify',
  summary: 'Check stored alerts against the signals they follow from, and by replay',
  help: `resonant audit verify: whether the stored alerts are what has to be there

Twice: by SQL over the stored signals, which derives every opening and every end without the engine, and by replay of the
stored log, which has to say the stored transitions to the byte. Prints what was looked at, what agrees, and each
difference with its evidence: missing (follows, not stored), false (stored, does not follow), late (decided later than it
had to be), wrong (something else of it). What is not claimed is counted and said: packages/audit/README.md lists it.

Usage: resonant audit verify --from T --to T [--rule ID] [--keyspace K] [--only sql|replay] [--json]

  --from T, --to T  instants of alerts, from ≤ at < to: an ISO time, a span back such as 24h, or now
  --rule ID         one rule (default: all)
  --keyspace K      ${keyspaces.join(', ')} (default: all)
  --only HOW        sql or replay (default: both); sql needs no schema registry
  --json            the report as one JSON object

${clickhouseHelp}  --registry URL          schema registry, for the replay                    SCHEMA_REGISTRY_URL
  --brokers LIST          Kafka, for the replay                              KAFKA_BROKERS

Exit codes: 0 no difference; 1 a difference, or it failed; 2 the call was wrong, or nothing is stored to check

Example:
  resonant audit verify --from 24h --to 5m --rule lead-response
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...connectionOptions,
      ...clickhouseOptions,
      from: { type: 'string' },
      to: { type: 'string' },
      rule: { type: 'string' },
      keyspace: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const range = rangeOf(values, Date.now());
    const chosen = keyspacesOf(values.keyspace);
    const { only } = values;
    if (only !== undefined && only !== 'sql' && only !== 'replay')
      throw new UsageError(`--only expects sql or replay, got ${only}`);
    const audit = await import('@resonant/audit');
    const clickhouse = await historyOf(values, io.env);
    const log = only === 'sql' ? null : await new Connection(values, io.env).log();
    try {
      if (values.rule !== undefined) {
        const known = await audit.storedRuleIds(clickhouse, chosen);
        if (!known.includes(values.rule)) {
          throw new UsageError(
            `history knows no rule ${values.rule} in ${chosen.join(', ')}: there ${known.length === 0 ? 'is none' : `are ${known.join(', ')}`}`,
          );
        }
      }
      const report = await audit.verify(clickhouse, {
        range,
        keyspaces: chosen,
        ...(values.rule === undefined ? {} : { ruleId: values.rule }),
        bySql: only !== 'replay',
        decoder: log === null ? null : (await import('@resonant/kafka')).decoderFor(log),
        onProgress: (what, done, total) => void io.stderr.write(`${done} of ${total}  ${what}\n`),
        signal: io.signal,
      });
      io.stdout.write(values.json ? `${JSON.stringify(report)}\n` : audit.reportText(report));
      if (audit.isEmpty(report)) {
        io.stderr.write('nothing is stored to check: no partition has a log with ticks\n');
        return 2;
      }
      return audit.isClean(report) ? 0 : 1;
    } finally {
      await log?.close();
      await clickhouse.close();
    }
  },
};

function keyspacesOf(text: string | undefined): readonly Keyspace[] {
  if (text === undefined) return keyspaces;
  const keyspace = keyspaces.find((name) => name === text);
  if (keyspace === undefined) throw new UsageError(`--keyspace expects one of ${keyspaces.join(', ')}, got ${text}`);
  return [keyspace];
}
