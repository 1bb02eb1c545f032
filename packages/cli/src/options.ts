import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The call was wrong: exit code 2 and a pointer to the help text. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads a command's options and positional arguments; throws a UsageError for what the command does not know. */
export function parseOptions<O extends Options>(args: readonly string[], options: O, positionals: number = 0) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    if (parsed.positionals.length > positionals) {
      throw new UsageError(`unexpected argument ${parsed.positionals[positionals]}`);
    }
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // Node goes on to explain how to pass an argument that looks like an option, which is never meant here.
    throw new UsageError((error as Error).message.replace(/\. To specify a positional argument.*$/s, ''), {
      cause: error,
    });
  }
}

/** A whole number that is not negative. */
export function countOf(name: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--${name} expects a whole number, got ${text}`);
  return Number(text);
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A span of time such as `90d`, `12h` or `15m`, in ms. */
export function durationOf(name: string, text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`--${name} expects a span such as 90d, 12h or 15m, got ${text}`);
  return Number(count) * (unitMs[unit as string] as number);
}
