import type { Command } from '../command.ts';
import { connectionHelp, connectionOptions } from '../connection.ts';
import { parseOptions } from '../options.ts';
import { RulesApi } from '../rules-api.ts';
import { tableOf } from '../table.ts';

export const rulesListCommand: Command = {
  name: 'rules list',
  summary: 'List the rules in force, those that are off included',
  help: `resonant rules list: the rules in force, those that are off included

Usage: resonant rules list [--json]

  --json  one JSON object a line, with the document

${connectionHelp}
The key needs the scope rules:read.
Exit codes: 0 done; 1 the gateway refused or does not answer; 2 the call was wrong

Example:
  resonant rules list --json | jq -r 'select(.document.mode == "shadow") | .ruleId'
`,
  run: async (args, io) => {
    const { values } = parseOptions(args, { ...connectionOptions, json: { type: 'boolean', default: false } });
    const rules = (await new RulesApi(values, io).list()).toSorted((a, b) => (a.ruleId < b.ruleId ? -1 : 1));
    if (values.json) for (const rule of rules) io.stdout.write(`${JSON.stringify(rule)}\n`);
    else if (rules.length === 0) io.stdout.write('There are no rules yet; put one with: resonant rules put\n');
    else {
      const rows = rules.map(({ ruleId, version, keyspace, revision, changedAt, document }) => [
        ...[ruleId, String(version), document.mode ?? 'live', keyspace, String(revision), changedAt.slice(0, 19)],
        document.title?.en ?? '',
      ]);
      io.stdout.write(`${tableOf(['id', 'version', 'mode', 'keyspace', 'revision', 'changed', 'title'], rows)}\n`);
    }
    return 0;
  },
};
