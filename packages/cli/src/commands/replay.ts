import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { isResonantError } from '@resonant/contracts';
import { Engine, formatOutput, type LogEntry } from '@resonant/engine';
import { compileRule, loadRuleDocument } from '@resonant/rules';
import type { Command, Io } from '../command.ts';
import { isFileError } from '../file-error.ts';
import { entryOfLine, linesOf } from '../log-lines.ts';
import { parseWithRules } from '../rules-option.ts';

const help = `resonant replay [--rules FILE…] [--alerts-only] [--summary] < log.jsonl > out.jsonl

Runs the rule engine over one partition's log, the same code that runs live, and prints what it decides.
Input: JSON lines, one log entry each: ticks, signals, rules put and deleted (see packages/engine/README.md).
Output: JSON lines, alerts each followed by its actions, in the order decided. Same log, same bytes.

  --rules FILE…   rule documents (YAML or JSON) that are in force from the beginning
  --alerts-only   leave actions out
  --summary       write counts as one JSON line to stderr at the end
  --help          show this

Exit: 0 done; 2 a malformed line (named on stderr, nothing more is written), a refused --rules file, a wrong call.
A rule in the log that is refused is reported on stderr, and the replay goes on.

Examples:
  resonant replay --rules packages/rules/rules/lead-response.yaml < day.jsonl
  resonant log export --keyspace account --partition 0 | resonant replay --summary > alerts.jsonl
`;

interface Options {
  readonly rules: readonly string[];
  readonly alertsOnly: boolean;
  readonly summary: boolean;
  readonly help: boolean;
}

/** `resonant replay`: rules.md section 1. */
export const replayCommand: Command = {
  name: 'replay',
  summary: 'Run the rule engine over a log and print what it decides',
  help,
  run: async (args, io) => {
    let options: Options;
    try {
      options = optionsOf(args);
    } catch (error) {
      io.stderr.write(`resonant replay: ${(error as Error).message}; see resonant replay --help\n`);
      return 2;
    }
    if (options.help) {
      io.stdout.write(help);
      return 0;
    }
    return replay(options, io);
  },
};

/** Throws TypeError for a call that cannot be understood. */
function optionsOf(args: readonly string[]): Options {
  const { values, files, words } = parseWithRules(args, {
    'alerts-only': { type: 'boolean', default: false },
    summary: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (words.length > 0) throw new TypeError(`unexpected argument ${words[0]}`);
  return { rules: files, alertsOnly: values['alerts-only'], summary: values.summary, help: values.help };
}

async function replay(options: Options, io: Io): Promise<number> {
  let line = 0;
  const engine = new Engine({
    compile: compileRule,
    onRefusal: ({ ruleId, detail }) =>
      io.stderr.write(`resonant replay: line ${line}: rule ${ruleId || '(no id)'} is refused: ${detail}\n`),
  });
  for (const file of options.rules) {
    const refused = await putFile(engine, file, io);
    if (refused === undefined) continue;
    io.stderr.write(`resonant replay: ${file}: ${refused}\n`);
    return 2;
  }
  for await (const lines of linesOf(io.stdin, io.signal)) {
    let printed = '';
    let malformed: string | undefined;
    for (const text of lines) {
      line++;
      let entry: LogEntry;
      try {
        entry = entryOfLine(text, line);
      } catch (error) {
        if (!isResonantError(error, 'malformed-body')) throw error;
        malformed = error.message;
        break;
      }
      for (const output of engine.apply(entry)) {
        if (output.type === 'alert' || !options.alertsOnly) printed += `${formatOutput(output)}\n`;
      }
    }
    await print(io, printed);
    if (malformed !== undefined) {
      io.stderr.write(`resonant replay: ${malformed}\n`);
      return 2;
    }
  }
  if (options.summary) io.stderr.write(`${JSON.stringify(summaryOf(engine))}\n`);
  return 0;
}

/** Puts the rule of a file in force; returns why it is refused. */
async function putFile(engine: Engine, file: string, io: Io): Promise<string | undefined> {
  try {
    const document = loadRuleDocument(await readFile(file));
    const { id } = compileRule(document);
    engine.apply({ type: 'rule', action: 'put', ruleId: id, document, revision: null });
    const inForce = engine.rules().find((rule) => rule.id === id);
    if (inForce !== undefined && inForce.document !== document) {
      io.stderr.write(
        `resonant replay: ${file}: ignored, version ${inForce.version} of ${id} is in force by a file before it\n`,
      );
    }
    return undefined;
  } catch (error) {
    if (isResonantError(error, 'invalid-rule')) return `refused: ${error.message}`;
    if (isFileError(error)) return error.message;
    throw error;
  }
}

async function print({ stdout, signal }: Io, text: string): Promise<void> {
  if (text !== '' && !stdout.write(text)) await once(stdout, 'drain', { signal });
}

function summaryOf(engine: Engine): Record<string, unknown> {
  const { signals, used, duplicates, quarantined, lateDropped, alerts } = engine.counters;
  const dropped = Object.fromEntries([...lateDropped].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { type: 'summary', signals, used, duplicates, quarantined, lateDropped: dropped, alerts };
}
