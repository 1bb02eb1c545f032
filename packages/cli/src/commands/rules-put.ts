import { readFile } from 'node:fs/promises';
import { isResonantError } from '@resonant/contracts';
import { compileRule, loadRuleDocument } from '@resonant/rules';
import type { Command } from '../command.ts';
import { connectionHelp, connectionOptions } from '../connection.ts';
import { isFileError } from '../file-error.ts';
import { parseOptions, UsageError } from '../options.ts';
import { RulesApi } from '../rules-api.ts';

export const rulesPutCommand: Command = {
  name: 'rules put',
  summary: 'Put rules into force, from YAML or JSON files',
  help: `resonant rules put: put rules into force

All files are checked first; if one is refused, nothing is sent. A rule counts in every partition of its keyspace within
two seconds, from its place in the log on. Its version must be higher than the one in force; putting the same document
again changes nothing. \`mode: shadow\` in the document says everything without acting, \`mode: "off"\` ends the rule and
keeps its version.

Usage: resonant rules put FILE…

${connectionHelp}
The key needs the scope rules:write.
Exit codes: 0 all are in force; 1 the gateway refused one, or cannot do it for half a minute; 2 the call or a file was wrong

Examples:
  resonant rules put rules/lead-response.yaml
  resonant rules put packages/rules/rules/*.yaml
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, connectionOptions, Number.POSITIVE_INFINITY);
    if (positionals.length === 0) throw new UsageError('expected at least one file');
    const rules: { readonly id: string; readonly text: string }[] = [];
    const refused: string[] = [];
    for (const file of positionals) {
      try {
        const bytes = await readFile(file);
        rules.push({ id: compileRule(loadRuleDocument(bytes)).id, text: bytes.toString() });
      } catch (error) {
        if (!isResonantError(error, 'invalid-rule') && !isFileError(error)) throw error;
        refused.push(`${file}: ${error.message}`);
      }
    }
    if (refused.length > 0) {
      io.stderr.write(`${refused.join('\n')}\nNothing was put; "resonant rules check" lists every problem.\n`);
      return 2;
    }
    const api = new RulesApi(values, io);
    for (const { id, text } of rules) {
      const { version, keyspace, revision, document } = await api.put(id, text);
      const mode = document.mode ?? 'live';
      io.stdout.write(`${id} version ${version} (${mode}) is in force in keyspace ${keyspace}, revision ${revision}\n`);
    }
    return 0;
  },
};
