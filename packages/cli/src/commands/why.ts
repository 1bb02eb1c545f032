import { readFile } from 'node:fs/promises';
import { isResonantError } from '@resonant/contracts';
import {
  type AlertLine,
  type CompiledRule,
  Engine,
  type Explanation,
  isoOf,
  type LogEntry,
  parseInstant,
  spanText,
} from '@resonant/engine';
import { compileRule, loadRuleDocument } from '@resonant/rules';
import type { Command, Io } from '../command.ts';
import { isFileError } from '../file-error.ts';
import { entriesOf } from '../log-lines.ts';
import { parseWithRules } from '../rules-option.ts';

const help = `resonant why RULE --subject NAME=VALUE[,NAME=VALUE…] --at T [--rules FILE…] < log.jsonl

Answers why a rule fired or did not: what it had said of the subject up to T, and the numbers of the subject's last
instant by then, with the hold clock and what was missing. The log is read up to the first tick that decides T, so the
answer is the one of that time; corrections that came later are not in it.

  --subject       every field of the rule's subject, e.g. teamId=t1,repId=r1
  --at T          an ISO 8601 instant
  --rules FILE…   rule documents (YAML or JSON) that are in force from the beginning
  --help          show this

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
  const { values, words, files } = parseWithRules(args, { subject: { type: 'string' }, at: { type: 'string' } });
  const [ruleId, ...others] = words;
  const at = parseInstant(values.at ?? '');
  if (ruleId === undefined || others.length > 0) throw new TypeError('expected one RULE');
  if (at === undefined) throw new TypeError(`expected --at as an ISO 8601 instant, got ${values.at ?? 'nothing'}`);
  const pairs = (values.subject ?? '').split(',').map((pair) => pair.split('='));
  if (pairs.some((pair) => pair.length !== 2)) throw new TypeError('expected --subject as NAME=VALUE,NAME=VALUE');
  return { ruleId, subject: Object.fromEntries(pairs), at, files };
}

async function answer(question: Question, io: Io): Promise<number> {
  const { ruleId, subject, at } = question;
  const engine = await engineWith(question.files, io);
  const { said, atT } = await readTo(engine, question, io);
  const rule = ruleOf(atT, ruleId);
  if (rule === undefined) {
    const ids = atT.rules().map(({ id }) => id);
    io.stdout.write(`no rule ${ruleId} is in force; in force: ${ids.join(', ') || 'none'}\n`);
    return 1;
  }
  const names = Object.keys(subject);
  if (names.length !== rule.subject.length || !rule.subject.every((name) => names.includes(name))) {
    throw new TypeError(`expected --subject with ${rule.subject.join(', ')}, got ${names.join(', ')}`);
  }
  for (const alert of said.filter((each) => each.at <= at)) {
    io.stdout.write(
      `said      ${alert.transition} ${alert.state} at ${isoOf(alert.at)}, decided at ${isoOf(alert.decidedAt)}\n`,
    );
  }
  const ended = atT.time < at + rule.grace;
  if (ended) io.stdout.write(`log       ${endOf(atT.time)}, so ${isoOf(at)} is not decided\n`);
  const explanation = atT.explain(ruleId, subject, ended ? Math.min(at, atT.time) : at);
  if (explanation !== null) print(explanation, io);
  else io.stdout.write(`the rule ${rule.mode === 'off' ? 'is off' : 'knows no signal of this subject'}\n`);
  return explanation === null ? 1 : 0;
}

async function engineWith(files: Question['files'], io: Io): Promise<Engine> {
  const engine = new Engine({
    compile: compileRule,
    onRefusal: ({ ruleId, detail }) => io.stderr.write(`resonant why: rule ${ruleId} is refused: ${detail}\n`),
  });
  for (const file of files) {
    const document = loadRuleDocument(await readFile(file));
    engine.apply({ type: 'rule', action: 'put', ruleId: compileRule(document).id, document, revision: null });
  }
  return engine;
}

const ruleOf = (engine: Engine, ruleId: string): CompiledRule | undefined =>
  engine.rules().find(({ id }) => id === ruleId);

/**
 * Reads the log up to the first tick that decides T: what was said of the subject until then, and an engine as it was
 * at T. That tick may lie long after T, and what it decides beyond T is none of the answer.
 */
async function readTo(
  engine: Engine,
  { ruleId, subject, at }: Question,
  io: Io,
): Promise<{ readonly said: readonly AlertLine[]; readonly atT: Engine }> {
  const said: AlertLine[] = [];
  const take = (entry: LogEntry): void => {
    for (const output of engine.apply(entry)) {
      if (output.type === 'alert' && output.ruleId === ruleId && sameSubject(output, subject)) said.push(output);
    }
  };
  for await (const entry of entriesOf(io.stdin, io.signal)) {
    if (entry.type === 'tick' && entry.at >= at) {
      const due = at + (ruleOf(engine, ruleId)?.grace ?? 0);
      if (entry.at >= due) {
        const atT = new Engine({ compile: compileRule });
        atT.importState(engine.exportState());
        atT.apply({ type: 'tick', at: due });
        take(entry);
        return { said, atT };
      }
    }
    take(entry);
  }
  return { said, atT: engine };
}

const endOf = (time: number): string => (Number.isFinite(time) ? `ends at ${isoOf(time)}` : 'has no tick');

function print({ at, standing, values, missing }: Explanation, io: Io): void {
  io.stdout.write(`instant   ${isoOf(at)}\nstanding  ${standing}\n`);
  for (const [name, value] of Object.entries(values)) {
    io.stdout.write(`value     ${name} = ${value}${name.endsWith('Ms') ? ` (${spanText(value)})` : ''}\n`);
  }
  for (const sentence of missing) io.stdout.write(`missing   ${sentence}\n`);
}

const sameSubject = (alert: AlertLine, subject: Question['subject']): boolean =>
  Object.entries(alert.subject).every(([name, value]) => subject[name] === value);
