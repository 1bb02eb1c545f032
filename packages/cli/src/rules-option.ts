import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * Reads arguments among which `--rules a b --rules c` names files: every word behind `--rules` up to the next option.
 * Throws TypeError for what cannot be understood.
 */
export function parseWithRules<O extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], others: O) {
  const options = { ...others, rules: { type: 'string', multiple: true } } as const;
  try {
    const { values, tokens } = parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
    const files: string[] = [];
    const words: string[] = [];
    let open = false;
    for (const token of tokens) {
      if (token.kind === 'option') open = token.name === 'rules';
      if (token.kind === 'option' && open) files.push(token.value as string);
      if (token.kind === 'positional') (open ? files : words).push(token.value);
    }
    return { values, files, words };
  } catch (error) {
    // Node goes on to explain how to pass an argument that looks like an option, which is never meant here.
    throw new TypeError((error as Error).message.replace(/(\. To specify a positional argument|\n).*$/s, ''), {
      cause: error,
    });
  }
}
