import type { DeadLetter } from '@resonant/contracts';
import type { NewRecord } from '@resonant/kafka';
import type { Command, Io } from '../command.ts';
import { connectionHelp } from '../connection.ts';
import { checkAtIngest } from '../dead-letters/check.ts';
import { type Choice, decisionHelp } from '../dead-letters/decide.ts';
import { type Destination, destinationOf } from '../dead-letters/destination.ts';
import { selectionHelp } from '../dead-letters/selection.ts';

export const deadLettersReplayCommand: Command = {
  name: 'dead-letters replay',
  summary: 'Try dead letters again, with their original bytes',
  help: `resonant dead-letters replay: bring dead letters back

Each goes, with its bytes, key and headers, to the topic from which whoever refused it reads it again: bodies and mails
to ingest's inbound topic, undecodable records to the topic they stood in. It takes the header resonant-dead-letter,
and the decision is kept beside the letter, in the same transaction. What is refused once more is a new dead letter.

Usage: resonant dead-letters replay ID… [--dry-run] [--note TEXT]
       resonant dead-letters replay --source S|--reason CODE|… [--dry-run] [--note TEXT]

${decisionHelp}
With --dry-run ingest is asked what it would make of each; nothing is stored.

${selectionHelp}
${connectionHelp}
Exit codes: 0 done; 1 an id is unknown or decided already, a letter cannot be replayed (then none is), or the log could
not be reached; 2 the call was wrong

Examples:
  resonant dead-letters replay 3f9a0c --dry-run
  resonant dead-letters replay --source emails --since 2026-03-03T09:00:00Z --note "fixed in 1.4"
`,
  run: async (args, io) => {
    const { withChoice } = await import('../dead-letters/decide.ts');
    return withChoice(args, io, async (choice) => {
      const planned = choice.letters.map((letter) => ({ letter, destination: destinationOf(letter) }));
      if (choice.isDryRun) return dryRun(planned, choice, io);
      const ready: { readonly letter: DeadLetter; readonly record: NewRecord }[] = [];
      for (const { letter, destination } of planned) {
        if (destination.kind === 'none') io.stderr.write(`${letter.deadLetterId}: ${destination.reason}\n`);
        else ready.push({ letter, record: destination.record });
      }
      if (ready.length < planned.length) {
        io.stderr.write('Nothing was replayed: choose without these.\n');
        return 1;
      }
      const { carryOut } = await import('../dead-letters/carry-out.ts');
      await carryOut(choice.log, ready, choice.decision, (count) => {
        if (ready.length > 100) io.stderr.write(`${count} of ${ready.length}\n`);
      });
      io.stdout.write(`${ready.length} replayed\n`);
      return 0;
    });
  },
};

async function dryRun(
  planned: readonly { readonly letter: DeadLetter; readonly destination: Destination }[],
  { connection }: Choice,
  io: Io,
): Promise<number> {
  let impossible = 0;
  for (const { letter, destination } of planned) {
    io.signal.throwIfAborted();
    if (destination.kind === 'none') impossible++;
    io.stdout.write(`${letter.deadLetterId}  ${await wouldBecome(letter, destination, connection, io.signal)}\n`);
  }
  io.stdout.write(`${planned.length - impossible} would be replayed; nothing was changed\n`);
  return impossible === 0 ? 0 : 1;
}

async function wouldBecome(
  letter: DeadLetter,
  destination: Destination,
  connection: Choice['connection'],
  signal: AbortSignal,
): Promise<string> {
  if (destination.kind === 'none') return `cannot be replayed: ${destination.reason}`;
  const to = `→ ${destination.record.topic}, ${letter.payload.length} bytes`;
  if (destination.kind === 'topic') return to;
  return `${to}, ${await checkAtIngest(connection, letter, destination, signal)}`;
}
