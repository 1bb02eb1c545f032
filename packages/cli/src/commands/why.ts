import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { isResonantError } from '@resonant/contracts';
import { type AlertLine, Engine, type Explanation, isoOf, parseInstant } from '@resonant/engine';
import { compileRule, loadRuleDocument } from '@resonant/rules';
import type { Command, Io } from '../command.ts';
import { isFileError } from '../file-error.ts';
import { entriesOf } from '../log-lines.ts';

const help = `resonant why RULE --subject NAME=VALUE[,NAME=VALUE…] --at T [--rules FILE…] < log.jsonl

Answers why a rule fired or did not: what it had said of the subject up to T, and the numbers of the subject's last
instant by then, with the hold clock and what was missing. The log is read up to the first tick that decides T, so the
answer is the one of that time; corrections that came later are not in it.

  --subject   every field of the rule's subject, e.g. teamId=t1,repId=r1
  --at T      an ISO 8601 instant
  --rules     a rule document that is in force from the beginning; may be repeated
  --help      show this

Exit: 0 answered; 1 the rule does not know the subject at T; 2 a malformed line, a refused rule, a wrong call.

Examples:
  resonant why lead-response --subject leadId=l1 --at 2026-03-02T09:01:00Z --rules lead-response.yaml < day.jsonl
`;

interface Question {
  readonly ruleId: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly at: number;
  readonly files: readonly string[];
}

/** `resonant why`. */
export const whyCommand: Command = {
  name: 'why',
  summary: 'Explain why a rule fired or did not',
  help,
  run: async (args, io) => {
    if (args.includes('--help') || args.includes('-h')) {
      io.stdout.write(help);
      return 0;
    }
    try {
      return await answer(questionOf(args), io);
    } catch (error) {
      const known = isResonantError(error, 'malformed-body') || isResonantError(error, 'invalid-rule');
      if (!known && !isFileError(error) && !(error instanceof TypeError)) throw error;
      io.stderr.write(`resonant why: ${error.message}; see resonant why --help\n`);
      return 2;
    }
  },
};

/** Throws TypeError for a call that cannot be understood. */
function questionOf(args: readonly string[]): Question {
  const options = {
    subject: { type: 'string' },
    at: { type: 'string' },
    rules: { type: 'string', multiple: true },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [ruleId, ...others] = positionals;
  const at = parseInstant(values.at ?? '');
  if (ruleId === undefined || others.length > 0) throw new TypeError('expected one RULE');
  if (at === undefined) throw new TypeError(`expected --at as an ISO 8601 instant, got ${values.at ?? 'nothing'}`);
  const pairs = (values.subject ?? '').split(',').map((pair) => pair.split('='));
  if (pairs.some((pair) => pair.length !== 2)) throw new TypeError('expected --subject as NAME=VALUE,NAME=VALUE');
  return { ruleId, subject: Object.fromEntries(pairs), at, files: values.rules ?? [] };
}

async function answer({ ruleId, subject, at, files }: Question, io: Io): Promise<number> {
  const engine = new Engine({ compile: compileRule });
  for (const file of files) {
    const document = loadRuleDocument(await readFile(file));
    engine.apply({ type: 'rule', action: 'put', ruleId: compileRule(document).id, document, revision: null });
  }
  const said: AlertLine[] = [];
  for await (const entry of entriesOf(io.stdin, io.signal)) {
    for (const output of engine.apply(entry)) {
      if (output.type === 'alert' && output.ruleId === ruleId && sameSubject(output, subject)) said.push(output);
    }
    const grace = engine.rules().find(({ id }) => id === ruleId)?.grace ?? 0;
    if (engine.time >= at + grace) break;
  }
  for (const alert of said.filter((each) => each.at <= at)) {
    io.stdout.write(
      `said      ${alert.transition} ${alert.state} at ${isoOf(alert.at)}, decided at ${isoOf(alert.decidedAt)}\n`,
    );
  }
  const explanation = engine.explain(ruleId, subject, at);
  if (explanation === null) {
    const known = engine.rules().some(({ id }) => id === ruleId);
    io.stdout.write(known ? 'the rule knows no signal of this subject\n' : `no rule ${ruleId} is in force\n`);
    return 1;
  }
  print(explanation, io);
  return 0;
}

function print({ at, standing, values, missing }: Explanation, io: Io): void {
  io.stdout.write(`instant   ${isoOf(at)}\nstanding  ${standing}\n`);
  for (const [name, value] of Object.entries(values)) io.stdout.write(`value     ${name} = ${value}\n`);
  for (const sentence of missing) io.stdout.write(`missing   ${sentence}\n`);
}

const sameSubject = (alert: AlertLine, subject: Question['subject']): boolean =>
  Object.entries(alert.subject).every(([name, value]) => subject[name] === value);
