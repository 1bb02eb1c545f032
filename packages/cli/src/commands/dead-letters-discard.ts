import type { Command } from '../command.ts';
import { connectionHelp } from '../connection.ts';
import { decisionHelp } from '../dead-letters/decide.ts';
import { selectionHelp } from '../dead-letters/selection.ts';

export const deadLettersDiscardCommand: Command = {
  name: 'dead-letters discard',
  summary: 'Mark dead letters as done without trying them again',
  help: `resonant dead-letters discard: mark dead letters as done

The letter and its bytes stay until their time is over (90 days); the decision is kept beside them.

Usage: resonant dead-letters discard ID… [--note TEXT] [--dry-run]
       resonant dead-letters discard --source S|--reason CODE|… [--note TEXT] [--dry-run]

${decisionHelp}
${selectionHelp}
${connectionHelp}
Exit codes: 0 done; 1 an id is unknown or decided already, or the log could not be reached; 2 the call was wrong

Example:
  resonant dead-letters discard --source forum --reason invalid-event --note "test posts of the vendor"
`,
  run: async (args, io) => {
    const { withChoice } = await import('../dead-letters/decide.ts');
    return withChoice(args, io, async ({ log, letters, isDryRun, decision }) => {
      if (isDryRun) {
        for (const { deadLetterId, origin } of letters) io.stdout.write(`${deadLetterId}  ${origin}\n`);
        io.stdout.write(`${letters.length} would be discarded; nothing was changed\n`);
        return 0;
      }
      const { carryOut } = await import('../dead-letters/carry-out.ts');
      const discarded = letters.map((letter) => ({ letter, record: undefined }));
      await carryOut(log, discarded, decision, () => undefined);
      io.stdout.write(`${letters.length} discarded\n`);
      return 0;
    });
  },
};
