import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { highestBase, lowestBase, repository } from '@resonant/cli';
import { ResonantError } from '@resonant/contracts';

/** Where a stack runs and keeps its data. */
export interface Place {
  readonly base: number;
  readonly folder: string;
}

/**
 * Reads `--base PORT` and `--data DIR` besides the given flags, and what comes behind if `rest` is set. Throws `invalid-configuration` for anything else.
 */
export function readArguments<F extends string>(
  args: readonly string[],
  defaults: { readonly base: number; readonly data: string; readonly flags: readonly F[]; readonly rest?: boolean },
): Place & { readonly flags: ReadonlySet<F>; readonly rest: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: defaults.rest === true,
      options: {
        base: { type: 'string', default: String(defaults.base) },
        data: { type: 'string', default: resolve(repository, defaults.data) },
        ...Object.fromEntries(defaults.flags.map((flag) => [flag, { type: 'boolean' as const }])),
      },
    });
    const base = Number(values.base);
    if (!Number.isInteger(base) || base < lowestBase || base > highestBase) {
      throw new Error(`--base expects a port from ${lowestBase} to ${highestBase}, got ${values.base}`);
    }
    const given = values as Readonly<Record<string, unknown>>;
    return {
      base,
      folder: resolve(String(values.data)),
      rest: positionals,
      flags: new Set(defaults.flags.filter((flag) => given[flag] === true)),
    };
  } catch (error) {
    throw new ResonantError('invalid-configuration', (error as Error).message, { cause: error });
  }
}
