import { readFile } from 'node:fs/promises';
import { isResonantError } from '@resonant/contracts';
import { compileRule, loadRuleDocument } from '@resonant/rules';
import type { Command } from '../command.ts';
import { isFileError } from '../file-error.ts';
import { refusalLines } from '../refusal-lines.ts';

const help = `resonant rules check FILE…

Validates rule documents (YAML or JSON) without running them. Every problem is listed by its path, with what was
expected and what came.

Exit: 0 all are accepted; 1 one is refused; 2 a file cannot be read, or none was named.

Examples:
  resonant rules check packages/rules/rules/*.yaml
`;

/** `resonant rules check`. */
export const rulesCheckCommand: Command = {
  name: 'rules check',
  summary: 'Validate rule documents',
  help,
  run: async (files, io) => {
    if (files.includes('--help') || files.includes('-h')) {
      io.stdout.write(help);
      return 0;
    }
    if (files.length === 0 || files.some((file) => file.startsWith('-'))) {
      io.stderr.write('resonant rules check: expected FILE…; see resonant rules check --help\n');
      return 2;
    }
    let code = 0;
    for (const file of files) {
      try {
        const { id, version } = compileRule(loadRuleDocument(await readFile(file)));
        io.stdout.write(`${file}: ${id} version ${version} is accepted\n`);
      } catch (error) {
        if (isResonantError(error, 'invalid-rule')) {
          io.stdout.write(refusalLines(file, error));
          code = Math.max(code, 1);
        } else if (isFileError(error)) {
          io.stderr.write(`resonant rules check: ${file}: ${error.message}\n`);
          code = 2;
        } else throw error;
      }
    }
    return code;
  },
};
