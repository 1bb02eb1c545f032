import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command } from '../command.ts';
import { parseOptions, UsageError } from '../options.ts';

export const historyBackupCommand: Command = {
  name: 'history backup',
  summary: 'Write everything that ClickHouse holds into a folder',
  help: `resonant history backup: everything that history has stored, as files

A file per table and a manifest with counts and checksums. It may run while services/history writes: rows and ledger
are cut at the same offsets. What comes later is fetched from Kafka again after a restore.

Usage: resonant history backup DIR

  DIR  an empty or new folder

${clickhouseHelp}
Exit codes: 0 done; 1 it failed, and DIR is no backup (it has no manifest.json); 2 the call was wrong

Example:
  resonant history backup /backups/2026-03-03
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, clickhouseOptions, 1);
    const [folder] = positionals;
    if (folder === undefined) throw new UsageError('where to? give a folder');
    const { backup } = await import('@resonant/clickhouse');
    const clickhouse = await historyOf(values, io.env);
    try {
      const manifest = await backup(
        clickhouse,
        folder,
        Date.now(),
        (table, rows, index, of) => void io.stderr.write(`${index + 1} of ${of}  ${table}  ${rows} rows\n`),
        io.signal,
      );
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
      const bytes = manifest.tables.reduce((sum, table) => sum + table.bytes, 0);
      io.stdout.write(`${rows} rows of ${manifest.tables.length} tables, ${bytes} bytes, in ${folder}\n`);
      return 0;
    } finally {
      await clickhouse.close();
    }
  },
};
