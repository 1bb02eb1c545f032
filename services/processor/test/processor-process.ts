import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** services/processor as a process of its own, as in production, on the log's clock. */
export class ProcessorProcess {
  readonly #child: ChildProcess;
  #output = '';

  constructor(env: Readonly<Record<string, string>>) {
    const main = join(import.meta.dirname, '../src/main.ts');
    this.#child = spawn(process.execPath, ['--no-warnings', main], {
      env: { PATH: process.env.PATH, ...env, PORT: '0', LOG_LEVEL: 'info', RESONANT_CLOCK: 'log' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += String(chunk);
      });
    }
  }

  get url(): string | undefined {
    return /"url":"(http[^"]+)"/.exec(this.#output)?.[1];
  }

  /** Resolves when /readyz says so; rejects with the last lines of the process if it does not within a minute. */
  async ready(): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      if (this.url !== undefined && (await fetch(`${this.url}/readyz`)).status === 200) return;
      if (this.#child.exitCode !== null || Date.now() > deadline) throw new Error(this.#output.slice(-3000));
      await sleep(50);
    }
  }

  async get(path: string): Promise<string> {
    return (await fetch(`${this.url}${path}`)).text();
  }

  /** Ends the process; resolves with its exit code, null after SIGKILL. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    return ((await exited) as [number | null])[0];
  }
}
