import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import type { Kept } from '../dead-letters/book.ts';
import { selected, selectionHelp, selectionOptions } from '../dead-letters/selection.ts';
import { countOf, parseOptions, UsageError } from '../options.ts';
import { tableOf } from '../table.ts';

const states = ['pending', 'replayed', 'discarded', 'all'];

export const deadLettersListCommand: Command = {
  name: 'dead-letters list',
  summary: 'List what could not be read, and count it exactly',
  help: `resonant dead-letters list: what could not be read, why, and what became of it

Usage: resonant dead-letters list [--state pending|replayed|discarded|all] [--limit 50] [--json]

  --state S  pending (default), replayed, discarded or all
  --limit N  rows to show, the newest ones; the counts are always of everything that was chosen
  --json     one JSON object a line, without a limit unless one is given

${selectionHelp}
${connectionHelp}
Exit codes: 0 done; 1 the log could not be reached; 2 the call was wrong

Examples:
  resonant dead-letters list
  resonant dead-letters list --source emails --reason invalid-event --json | jq -r .deadLetterId
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, {
      ...connectionOptions,
      ...selectionOptions,
      state: { type: 'string', default: 'pending' },
      limit: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    if (!states.includes(values.state))
      throw new UsageError(`--state expects ${states.join(', ')}, got ${values.state}`);
    const limit = values.limit === undefined ? undefined : countOf('limit', values.limit);
    const { readDeadLetters } = await import('../dead-letters/book.ts');
    const log = await new Connection(values, io.env).log();
    try {
      const book = await readDeadLetters(log);
      const chosen = selected(book, values);
      const ofState = chosen.filter(({ state }) => values.state === 'all' || state === values.state);
      const rows = ofState.slice(-(limit ?? (values.json ? ofState.length : 50)) || ofState.length);
      if (values.json) {
        for (const kept of rows) io.stdout.write(`${JSON.stringify(shown(kept))}\n`);
        return 0;
      }
      const heads = ['id', 'put aside', 'source', 'reason', 'bytes', 'state', 'origin'];
      if (rows.length > 0) io.stdout.write(`${tableOf(heads, rows.map(rowOf))}\n`);
      if (rows.length < ofState.length) io.stdout.write(`… the newest ${rows.length} of ${ofState.length}\n`);
      const count = (state: string): number => chosen.filter((kept) => kept.state === state).length;
      io.stdout.write(
        `${chosen.length} dead letters: ${count('pending')} pending, ${count('replayed')} replayed, ${count('discarded')} discarded\n`,
      );
      if (book.undecodable > 0) {
        io.stdout.write(`and ${book.undecodable} records of this topic that this release cannot decode\n`);
      }
      return 0;
    } finally {
      await log.close();
    }
  },
};

const iso = (instant: number): string => new Date(instant).toISOString();

const shown = ({ letter, size, state, outcome }: Kept) => ({
  ...letter,
  at: iso(letter.at),
  size,
  state,
  outcome: outcome === undefined ? null : { ...outcome, at: iso(outcome.at) },
});

const rowOf = ({ letter, size, state }: Kept): readonly string[] => [
  letter.deadLetterId.slice(0, 12),
  iso(letter.at).slice(0, 19),
  letter.source,
  letter.reason,
  String(size),
  state,
  letter.origin,
];
