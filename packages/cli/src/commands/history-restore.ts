import type { ErasureRecord } from '@resonant/clickhouse';
import { erasuresTopic } from '@resonant/contracts';
import { clickhouseHelp, clickhouseOptions, historyOf } from '../clickhouse.ts';
import type { Command, Io } from '../command.ts';
import { Connection, connectionOptions } from '../connection.ts';
import { engineOf, engineOption, engineOptionHelp } from '../engine-option.ts';
import { readErasures } from '../history/erasures.ts';
import { parseOptions, UsageError } from '../options.ts';

export const historyRestoreCommand: Command = {
  name: 'history restore',
  summary: 'Bring a backup back into an empty database',
  help: `resonant history restore: bring a backup back

Into a database that was migrated (resonant history migrate) and is empty, while services/history is stopped. Files and
counts are checked. Started afterwards, services/history goes on from the restored ledger and fetches what came later
from Kafka by itself. Persons who were erased stay erased: before the backup by what it holds of it, after it by the
erasures in ${erasuresTopic}. A record there that cannot be read is told on standard error and keeps no other
from holding.

Usage: resonant history restore DIR [--again] [--no-published] [--engine FAMILY]

  DIR             a folder that resonant history backup has written
  --again         first empty what a restore that did not end has left; a database whose ledger has rows is never touched
  --no-published  do not read ${erasuresTopic}: who was erased after the backup comes back
${engineOptionHelp}

${clickhouseHelp}  --brokers LIST, --registry URL  for the published erasures              KAFKA_BROKERS, SCHEMA_REGISTRY_URL

Exit codes: 0 done; 1 it was refused (nothing was changed) or did not end (run it with --again); 2 the call was wrong

Example:
  resonant history migrate && resonant history restore /backups/2026-03-03
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(
      args,
      {
        ...connectionOptions,
        ...clickhouseOptions,
        ...engineOption,
        again: { type: 'boolean', default: false },
        'no-published': { type: 'boolean', default: false },
      },
      1,
    );
    const [folder] = positionals;
    if (folder === undefined) throw new UsageError('from where? give the folder of a backup');
    const family = await engineOf(values.engine);
    const { restore } = await import('@resonant/clickhouse');
    const erasures = values['no-published'] ? [] : await erasuresOf(new Connection(values, io.env), io);
    const clickhouse = await historyOf(values, io.env);
    try {
      const manifest = await restore(clickhouse, folder, {
        family,
        erasures,
        again: values.again,
        signal: io.signal,
        progress: (table, rows, index, of) => void io.stderr.write(`${index + 1} of ${of}  ${table}  ${rows} rows\n`),
      });
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
      io.stdout.write(
        `${rows} rows restored, as of ${manifest.takenAt}; start services/history to fetch what came later\n`,
      );
      return 0;
    } finally {
      await clickhouse.close();
    }
  },
};

async function erasuresOf(connection: Connection, io: Io): Promise<readonly ErasureRecord[]> {
  const log = await connection.log();
  try {
    return await readErasures(log, io);
  } finally {
    await log.close();
  }
}
