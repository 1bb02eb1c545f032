import type { Rule } from '@resonant/contracts';
import type { Command } from '../command.ts';
import { Connection, connectionHelp, connectionOptions } from '../connection.ts';
import { parseOptions } from '../options.ts';
import { type RuleRevision, ruleHistory } from '../rule-history.ts';
import { tableOf } from '../table.ts';

export const rulesHistoryCommand: Command = {
  name: 'rules history',
  summary: 'Show who changed which rule when',
  help: `resonant rules history: who changed which rule when

Read from the rules topic, oldest first. The topic is compacted: of each rule it always holds the latest change, and
earlier ones until they are cleared away, after about a week.

Usage: resonant rules history [ID] [--json]

  ID      changes of this rule alone
  --json  one JSON object a line, with the document

${connectionHelp}
Exit codes: 0 done; 1 the rule was never there, or the log could not be reached; 2 the call was wrong

Example:
  resonant rules history lead-response --json | jq .document
`,
  run: async (args, io) => {
    const options = { ...connectionOptions, json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseOptions(args, options, 1);
    const ruleId = positionals[0];
    const log = await new Connection(values, io.env).log();
    try {
      const changes = await ruleHistory(log, ruleId);
      if (changes.length === 0) {
        io.stderr.write(ruleId === undefined ? 'No rule was ever put.\n' : `There never was a rule ${ruleId}.\n`);
        return ruleId === undefined ? 0 : 1;
      }
      if (values.json) for (const change of changes) io.stdout.write(`${JSON.stringify(shown(change))}\n`);
      else
        io.stdout.write(
          `${tableOf(['revision', 'changed', 'by', 'change', 'id', 'version', 'mode'], changes.map(rowOf))}\n`,
        );
      return 0;
    } finally {
      await log.close();
    }
  },
};

interface Head {
  readonly version?: number;
  readonly mode?: string;
}

const documentOf = ({ document }: Rule): Head | null => (document === null ? null : (JSON.parse(document) as Head));

const shown = ({ revision, rule }: RuleRevision) => ({
  revision,
  changedAt: new Date(rule.changedAt).toISOString(),
  changedBy: rule.changedBy,
  action: rule.action,
  ruleId: rule.ruleId,
  keyspace: rule.keyspace,
  document: documentOf(rule),
});

function rowOf({ revision, rule }: RuleRevision): readonly string[] {
  const document = documentOf(rule);
  const mode = document === null ? '' : (document.mode ?? 'live');
  const changedAt = new Date(rule.changedAt).toISOString().slice(0, 19);
  return [
    ...[String(revision), changedAt, rule.changedBy ?? '', rule.action, rule.ruleId],
    ...[document?.version === undefined ? '' : String(document.version), mode],
  ];
}
