import type { Readable, Writable } from 'node:stream';

/** What a command reads and writes; tests hand in their own. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C or SIGTERM: a command that runs on ends cleanly. */
  readonly signal: AbortSignal;
}

/** One command of `resonant`. */
export interface Command {
  /** Word or words after `resonant`, e.g. `keys create`. */
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** The whole help text with options, exit codes and examples. */
  readonly help: string;
  /** Returns the exit code: 0 done, 1 the answer is no, 2 the call or its input was wrong. */
  run(args: readonly string[], io: Io): Promise<number>;
}
