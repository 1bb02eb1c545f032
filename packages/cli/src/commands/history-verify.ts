import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { engineOf, engineOption, engineOptionHelp } from '../engine-option.ts';
import { parseOptions } from '../options.ts';

export const historyVerifyCommand: Command = {
  name: 'history verify',
  summary: "Compare history's live tables with those of this release",
  help: `resonant history verify: compare history's live tables with those of this release

Every table, view and dictionary of the database resonant: columns, types, defaults, comments, codecs, retention,
constraints, indexes, projections, settings and queries. Each difference is one line; nothing is changed. It looks at
definitions, not at rows: those are proved by resonant audit.

Usage: resonant history verify [--json] [--engine FAMILY]

  --json           one JSON object a line: table, fact, expected, found
${engineOptionHelp}
${clickhouseHelp}
Exit codes: 0 nothing differs; 1 something does, or ClickHouse does not answer; 2 the call was wrong

Example:
  resonant history verify
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...clickhouseOptions,
      ...engineOption,
      json: { type: 'boolean', default: false },
    });
    const family = await engineOf(values.engine);
    const { differenceText, verifySchema } = await import('@resonant/clickhouse');
    const clickHouse = await historyOf(values, io.env);
    try {
      const differences = await verifySchema(clickHouse, family);
      for (const difference of differences) {
        io.stdout.write(`${values.json ? JSON.stringify(difference) : differenceText(difference)}\n`);
      }
      if (differences.length === 0) io.stderr.write('The tables are those of this release\n');
      else
        io.stderr.write(
          `${differences.length} differences; tables that are missing come with: resonant history migrate\n`,
        );
      return differences.length === 0 ? 0 : 1;
    } finally {
      await clickHouse.close();
    }
  },
};
