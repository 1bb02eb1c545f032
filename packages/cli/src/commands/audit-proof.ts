import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { parseOptions, UsageError } from '../options.ts';

export const auditProofCommand: Command = {
  name: 'audit proof',
  summary: "Count an alert's numbers again, with SQL to paste",
  help: `resonant audit proof: an alert's numbers, counted again from its signals

Prints one SELECT per transition that counts its numbers from the evidence or the window, from the signals that stood in
the log before the deciding tick, and its result beside what is stored. Paste it into any ClickHouse client. The hold clock
and a strength that decays come from what was before: "resonant audit verify" derives those.

Usage: resonant audit proof ALERT_ID [--json]

  --json  as one JSON object

${clickhouseHelp}
Exit codes: 0 every number is what was stored; 1 one differs, there is no such alert, or it failed; 2 the call was wrong

Example:
  resonant audit proof 9b2f6a0c5d1e4f7893ab12cd34ef5678
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(
      args,
      { ...clickhouseOptions, json: { type: 'boolean', default: false } },
      1,
    );
    const [alertId] = positionals;
    if (alertId === undefined || !/^[0-9a-f]{32}$/.test(alertId)) {
      throw new UsageError(`expected the id of an alert, 32 hex digits, got ${alertId ?? 'nothing'}`);
    }
    const { prove, proofText } = await import('@resonant/audit');
    const clickhouse = await historyOf(values, io.env);
    try {
      const proof = await prove(clickhouse, alertId);
      io.stdout.write(values.json ? `${JSON.stringify(proof)}\n` : `${proofText(proof)}\n`);
      return proof.transitions.every(({ numbers }) => numbers.every(({ isSame }) => isSame)) ? 0 : 1;
    } finally {
      await clickhouse.close();
    }
  },
};
