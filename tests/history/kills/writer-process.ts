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
      setTimeout(() => {
        if (!this.#isStopping) this.#start();
      }, 100);
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

  /**
   * SIGTERM, for good; resolves with the exit code. One that a kill has just ended, or that has not begun yet and dies of
   * the signal, has nothing in hand: 0.
   */
  async stop(): Promise<number | null> {
    this.#isStopping = true;
    const child = this.#child;
    if (child === undefined || child.signalCode === 'SIGKILL') return 0;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const [code, signal] = (await exited) as [number | null, NodeJS.Signals | null];
    return signal === 'SIGTERM' ? 0 : code;
  }
}
