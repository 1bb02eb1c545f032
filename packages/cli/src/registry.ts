import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './command.ts';

const folder = join(import.meta.dirname, 'commands');

/** Names of all commands: a file `commands/keys-create.ts` is the command `keys create`. */
export const commandFiles: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .sort();

/** Loads one command; commands are loaded only when needed, so that each starts fast. */
export async function loadCommand(file: string): Promise<Command> {
  const exports = Object.values((await import(`./commands/${file}.ts`)) as Record<string, unknown>);
  const command = exports.find(isCommand);
  if (command === undefined) throw new Error(`commands/${file}.ts exports no command`);
  return command;
}

const isCommand = (value: unknown): value is Command =>
  typeof value === 'object' && value !== null && 'name' in value && 'summary' in value && 'run' in value;

/** The file of the command that the words begin with, and the words behind it; the longest name wins. */
export function findCommand(
  words: readonly string[],
  files: readonly string[] = commandFiles,
): { readonly file: string; readonly args: readonly string[] } | undefined {
  for (const length of [3, 2, 1]) {
    const name = words.slice(0, length);
    // `keys-create` is the name of a file, not of a command.
    if (name.length < length || (length > 1 && name.some((word) => word.startsWith('-')))) continue;
    const file = name.join('-');
    if (files.includes(file)) return { file, args: words.slice(length) };
  }
  return undefined;
}

/** Files of the commands whose names begin with these words: `keys` → keys-create, keys-list, … */
export const commandsUnder = (words: readonly string[], files: readonly string[] = commandFiles): readonly string[] =>
  words.length === 0 ? files : files.filter((file) => `${file}-`.startsWith(`${words.join('-')}-`));

/** The known name nearest to what was typed, if it is near enough to be a slip of the hand. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: distanceOf(typed, name) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.ceil(best.name.length / 3) ? best.name : undefined;
}

/** Levenshtein distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
