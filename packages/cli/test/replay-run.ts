import { Readable, Writable } from 'node:stream';
import type { Command, Io } from '../src/command.ts';
import { replayCommand } from '../src/commands/replay.ts';

/** What a command wrote, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process on a text as its standard input; without an environment unless one is given. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  input: string | readonly Buffer[],
  env: Io['env'] = {},
): Promise<Ran> {
  let out = '';
  let err = '';
  const sink = (write: (text: string) => void): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        write(String(chunk));
        done();
      },
    });
  const code = await command.run(args, {
    stdin: Readable.from(typeof input === 'string' ? [Buffer.from(input)] : input),
    stdout: sink((text) => {
      out += text;
    }),
    stderr: sink((text) => {
      err += text;
    }),
    env,
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

/** Runs `resonant replay` on a log. */
export const runReplay = (args: readonly string[], input: string | readonly Buffer[]): Promise<Ran> =>
  runCommand(replayCommand, args, input);
