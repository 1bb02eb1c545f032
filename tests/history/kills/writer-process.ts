import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@resonant/cli';

/** services/history as a process that is started again whenever it dies, until `stop`. */
export class WriterProcess {
  readonly name: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  #isStopping = false;
  starts = 0;

  constructor(name: string, env: Readonly<Record<string, string>>, logFile: string) {
    this.name = name;
    this.#env = env;
    this.#logFile = logFile;
    this.#start();
  }

  #start(): void {
    this.starts++;
    const log = openSync(this.#logFile, 'a');
    const child = spawn(process.execPath, ['--no-warnings', join(repository, 'services/history/src/main.ts')], {
      env: { PATH: process.env.PATH, ...this.#env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.once('exit', () => {
      if (!this.#isStopping) setTimeout(() => this.#start(), 100);
    });
    this.#child = child;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** SIGKILL; resolves when it is dead. It is started again by itself. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const dead = once(child, 'exit');
    child.kill('SIGKILL');
    await dead;
  }

  /** SIGTERM, for good; resolves with the exit code. */
  async stop(): Promise<number | null> {
    this.#isStopping = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    return ((await exited) as [number | null])[0];
  }
}
