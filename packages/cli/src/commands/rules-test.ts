import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { isResonantError } from '@resonant/contracts';
import { loadRuleDocument, runRuleTests } from '@resonant/rules';
import type { Command } from '../command.ts';
import { isFileError } from '../file-error.ts';
import { refusalLines } from '../refusal-lines.ts';

const help = `resonant rules test FILE…

Runs the tests inside rule documents: each on a log of its own, with the rule in force from the beginning. A failure
shows what was said instead, and the entry of the log that caused it.

Exit: 0 all pass; 1 one differs; 2 a file cannot be read or its rule is refused, or none was named.

Examples:
  resonant rules test packages/rules/rules/lead-response.yaml
`;

/** `resonant rules test`. */
export const rulesTestCommand: Command = {
  name: 'rules test',
  summary: 'Run the tests inside rule documents',
  help,
  run: async (files, io) => {
    if (files.includes('--help') || files.includes('-h')) {
      io.stdout.write(help);
      return 0;
    }
    if (files.length === 0 || files.some((file) => file.startsWith('-'))) {
      io.stderr.write('resonant rules test: expected FILE…; see resonant rules test --help\n');
      return 2;
    }
    let code = 0;
    let [passed, failed] = [0, 0];
    for (const file of files) {
      // A turn of the loop, in which Ctrl-C is noticed.
      await setImmediate();
      io.signal.throwIfAborted();
      try {
        for (const { name, differences } of runRuleTests(loadRuleDocument(await readFile(file)))) {
          if (differences.length === 0) passed++;
          else failed++;
          io.stdout.write(`${differences.length === 0 ? 'ok' : 'FAILED'}  ${file}: ${name}\n`);
          for (const difference of differences) io.stdout.write(`    ${difference}\n`);
        }
      } catch (error) {
        if (isResonantError(error, 'invalid-rule')) io.stderr.write(refusalLines(file, error));
        else if (isFileError(error)) io.stderr.write(`resonant rules test: ${file}: ${error.message}\n`);
        else throw error;
        code = 2;
      }
    }
    io.stdout.write(`${passed} passed, ${failed} failed\n`);
    return failed > 0 && code === 0 ? 1 : code;
  },
};
