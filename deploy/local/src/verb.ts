import { interruption } from '@resonant/cli';
import { isResonantError } from '@resonant/contracts';

/** Runs what a verb of bootstrap.mjs does; what the user can mend is one sentence, the rest keeps its stack trace. */
export async function runVerb(help: string, run: (args: readonly string[]) => Promise<number>): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help);
    return;
  }
  try {
    process.exitCode = await run(args);
  } catch (error) {
    const expected = isResonantError(error, 'invalid-configuration');
    process.stderr.write(`${expected ? error.message : ((error as Error).stack ?? String(error))}\n`);
    process.exitCode = 1;
  }
}

/** Resolves at the first Ctrl-C, SIGTERM or closed terminal. */
export function stopped(): Promise<void> {
  const signal = interruption();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
