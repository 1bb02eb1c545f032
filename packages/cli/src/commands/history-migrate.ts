import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { engineOf, engineOption, engineOptionHelp } from '../engine-option.ts';
import { parseOptions } from '../options.ts';

export const historyMigrateCommand: Command = {
  name: 'history migrate',
  summary: "Bring history's tables to this release",
  help: `resonant history migrate: bring history's tables to this release

Does what is not done yet, statement by statement, and writes each down in resonant.migrations. A run that was
interrupted goes on where it was, two at once do no harm, and a run with nothing to do changes nothing. A migration
file that was changed after it was applied, or a database that a newer release has migrated, is refused before anything
is done.

Usage: resonant history migrate [--dry-run] [--engine FAMILY]

  --dry-run        print the statements and do nothing
${engineOptionHelp}
${clickhouseHelp}
Exit codes: 0 done, or nothing to do; 1 refused, or ClickHouse does not answer; 2 the call was wrong

Examples:
  resonant history migrate --dry-run
  resonant history migrate --engine cluster --clickhouse-url https://clickhouse.example:8443
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...clickhouseOptions,
      ...engineOption,
      'dry-run': { type: 'boolean', default: false },
    });
    const family = await engineOf(values.engine);
    const { migrate } = await import('@resonant/clickhouse');
    const clickHouse = await historyOf(values, io.env);
    try {
      const isDryRun = values['dry-run'];
      const done = await migrate(clickHouse, family, {
        isDryRun,
        onStatement: ({ name, statement, nStatements }, sql) => {
          if (isDryRun)
            io.stdout.write(`-- ${name}, statement ${statement} of ${nStatements}\n${sql ?? '-- nothing'};\n\n`);
          else io.stdout.write(`${name}: statement ${statement} of ${nStatements}\n`);
        },
      });
      const files = new Set(done.map(({ name }) => name)).size;
      const what = `${done.length} statements of ${files} migrations`;
      if (done.length === 0) io.stdout.write('Nothing to do: the tables are those of this release\n');
      else io.stderr.write(isDryRun ? `${what} would be done\n` : `${what} done\n`);
      return 0;
    } finally {
      await clickHouse.close();
    }
  },
};
