import { userInfo } from 'node:os';
import type { DeadLetter } from '@resonant/contracts';
import type { Log } from '@resonant/kafka';
import type { Io } from '../command.ts';
import { Connection, connectionOptions } from '../connection.ts';
import { parseOptions } from '../options.ts';
import { readDeadLetters, readWhole } from './book.ts';
import { pendingOf, selectionOptions } from './selection.ts';

/** Options of the commands that decide about dead letters. */
export const decisionOptions = {
  ...connectionOptions,
  ...selectionOptions,
  by: { type: 'string' },
  note: { type: 'string', default: '' },
  'dry-run': { type: 'boolean', default: false },
} as const;

/** Their part of a help text. */
export const decisionHelp = `  --dry-run    only say what would happen
  --note TEXT  why; kept with the decision
  --by NAME    who decides (default: the system's user)
`;

/** What the options of a decision say, and the pending letters that they choose, whole. */
export interface Choice {
  readonly log: Log;
  readonly connection: Connection;
  readonly letters: readonly DeadLetter[];
  readonly isDryRun: boolean;
  readonly decision: { readonly by: string; readonly note: string; readonly at: number };
}

/** Reads the options, connects and hands the chosen letters to `decide`, whose exit code is returned. */
export async function withChoice(
  args: readonly string[],
  io: Io,
  decide: (choice: Choice) => Promise<number>,
): Promise<number> {
  const { values, positionals } = parseOptions(args, decisionOptions, Number.POSITIVE_INFINITY);
  const { source, reason, since, until } = values;
  const connection = new Connection(values, io.env);
  const log = await connection.log();
  try {
    const chosen = pendingOf(await readDeadLetters(log), positionals, { source, reason, since, until });
    const ids = chosen.map(({ letter }) => letter.deadLetterId);
    const whole = await readWhole(log, new Set(ids));
    return await decide({
      log,
      connection,
      letters: ids.flatMap((id) => whole.get(id) ?? []),
      isDryRun: values['dry-run'],
      decision: { by: values.by ?? userInfo().username, note: values.note, at: Date.now() },
    });
  } finally {
    await log.close();
  }
}
