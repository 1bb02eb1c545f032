import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 90_000;

/** services/history as a process of its own, as in production, on the embedded engine. */
export class HistoryProcess {
  readonly #child: ChildProcess;
  #output = '';

  constructor(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
    this.#child = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, '../src/main.ts'), ...args], {
      env: {
        PATH: process.env.PATH,
        CLICKHOUSE_FAMILY: 'embedded',
        HISTORY_MIGRATIONS: 'run',
        HISTORY_BATCH_MS: '100',
        LOG_LEVEL: 'info',
        ...env,
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += String(chunk);
      });
    }
  }

  /** What it has written. */
  get output(): string {
    return this.#output;
  }

  get url(): string | undefined {
    return /"url":"(http[^"]+)"/.exec(this.#output)?.[1];
  }

  /** Resolves when /readyz says so. */
  ready(): Promise<void> {
    return this.until('it is ready', async () => (await this.readiness()).status === 200);
  }

  /** Status and text of /readyz; 0 while nothing listens. */
  async readiness(): Promise<{ readonly status: number; readonly text: string }> {
    if (this.url === undefined) return { status: 0, text: '' };
    const response = await fetch(`${this.url}/readyz`);
    return { status: response.status, text: await response.text() };
  }

  async get(path: string): Promise<string> {
    return (await fetch(`${this.url}${path}`)).text();
  }

  /** Resolves when the condition holds; rejects with the last lines of the process if it ends or that takes too long. */
  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (!(await condition())) {
      const isGone = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (isGone || Date.now() > deadline) {
        const why = isGone ? 'it has ended' : `waited ${patienceMs} ms`;
        throw new Error(`in vain until ${what}: ${why}\n${this.#output.slice(-3000)}`);
      }
      await sleep(50);
    }
  }

  /** Resolves with its exit code once it has ended by itself, or by a signal given here; null after SIGKILL. */
  async end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, 'exit');
    if (signal !== undefined) this.#child.kill(signal);
    return ((await exited) as [number | null])[0];
  }
}
