import { Readable, Writable } from 'node:stream';
import { runCommandLine } from '@resonant/cli';

/** What a command wrote, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `resonant …` in this process. */
export async function commandLine(env: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Ran> {
  const texts = { out: '', err: '' };
  const sink = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += String(chunk);
        done();
      },
    });
  const code = await runCommandLine(words, {
    stdin: Readable.from([]),
    stdout: sink('out'),
    stderr: sink('err'),
    env,
    signal: new AbortController().signal,
  });
  return { code, ...texts };
}
