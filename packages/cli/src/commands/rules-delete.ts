import type { Command } from '../command.ts';
import { connectionHelp, connectionOptions } from '../connection.ts';
import { parseOptions, UsageError } from '../options.ts';
import { RulesApi } from '../rules-api.ts';

export const rulesDeleteCommand: Command = {
  name: 'rules delete',
  summary: 'End a rule',
  help: `resonant rules delete: end a rule

Its open alerts are resolved (\`rule-deleted\`) and what it remembers is forgotten, in every partition within two seconds.
After it any version may be put again. To end a rule and keep its version, put it with \`mode: "off"\`.

Usage: resonant rules delete ID

${connectionHelp}
The key needs the scope rules:write.
Exit codes: 0 it is deleted; 1 there is no such rule, or the gateway cannot do it for half a minute; 2 the call was wrong

Example:
  resonant rules delete lead-response
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, connectionOptions, 1);
    const ruleId = positionals[0];
    if (ruleId === undefined) throw new UsageError('the id of the rule is missing');
    await new RulesApi(values, io).delete(ruleId);
    io.stdout.write(`${ruleId} is deleted\n`);
    return 0;
  },
};
