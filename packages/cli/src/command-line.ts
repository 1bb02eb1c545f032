import { isResonantError } from '@resonant/contracts';
import type { Io } from './command.ts';
import { UsageError } from './options.ts';
import { commandFiles, commandsUnder, findCommand, loadCommand, nearest } from './registry.ts';

const helpWords = new Set(['--help', '-h', 'help']);

/** Runs one call of `resonant`; gives the exit code: 0 done, 1 the answer is no, 2 the call or its input was wrong. */
export async function runCommandLine(words: readonly string[], io: Io): Promise<number> {
  const wanted = words.filter((word) => !helpWords.has(word) || findCommand(words) !== undefined);
  const found = findCommand(wanted[0] === 'help' ? wanted.slice(1) : wanted);
  if (found === undefined) return withoutCommand(wanted, words, io);
  if (words[0] === 'help' || asksForHelp(found.args)) {
    io.stdout.write((await loadCommand(found.file)).help);
    return 0;
  }
  const command = await loadCommand(found.file);
  try {
    return await command.run(found.args, io);
  } catch (error) {
    if (io.signal.aborted) return 130;
    if (error instanceof UsageError) {
      io.stderr.write(`${error.message}\nSee: resonant ${command.name} --help\n`);
      return 2;
    }
    const expected = isResonantError(error) && error.code !== 'internal';
    io.stderr.write(`${expected ? error.message : ((error as Error).stack ?? String(error))}\n`);
    return 1;
  }
}

/** What stands behind `--` is the command's own. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((word) => word === '--help' || word === '-h');
}

async function withoutCommand(wanted: readonly string[], words: readonly string[], io: Io): Promise<number> {
  const group = wanted.filter((word) => !word.startsWith('-'));
  const files = commandsUnder(group);
  if (files.length > 0 && group.length === wanted.length) {
    const asked = words.length === 0 || words.some((word) => helpWords.has(word));
    (asked ? io.stdout : io.stderr).write(await overview(files));
    return asked ? 0 : 2;
  }
  const typed = group.slice(0, 2).join(' ') || (wanted[0] as string);
  const names = await Promise.all(commandFiles.map(async (file) => (await loadCommand(file)).name));
  const meant = nearest(typed, names) ?? nearest(group[0] ?? '', names);
  io.stderr.write(
    `There is no command "${typed}"${meant === undefined ? '' : `; did you mean "${meant}"?`}\nSee: resonant --help\n`,
  );
  return 2;
}

async function overview(files: readonly string[]): Promise<string> {
  const commands = await Promise.all(files.map(loadCommand));
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `resonant <command> [options]

${lines.join('\n')}

resonant <command> --help explains a command, with examples.
Exit codes: 0 done, 1 the answer is no or it failed, 2 the call or its input was wrong.
`;
}
