import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from './log-harness.ts';

/** services/signals as a process of its own, as in production. */
export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #url: string | undefined;

  constructor(env: Readonly<Record<string, string>>) {
    const main = join(import.meta.dirname, '../src/main.ts');
    this.#child = spawn(process.execPath, ['--no-warnings', main], {
      env: { PATH: process.env.PATH, ...env, PORT: '0', LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#take(line));
    }
  }

  /** Resolves when /readyz says so; rejects with what the process wrote if it never does. */
  async ready(): Promise<void> {
    const isReady = async (): Promise<boolean> => {
      if (this.#child.exitCode !== null) throw new Error(`exited with ${this.#child.exitCode}: ${this.output}`);
      if (this.#url === undefined) return false;
      return (await fetch(`${this.#url}/readyz`)).status === 200;
    };
    await until('services/signals to be ready', isReady, 60_000).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.output}`);
    });
  }

  async get(path: string): Promise<unknown> {
    return (await fetch(`${this.#url}${path}`)).json();
  }

  get output(): string {
    return this.#lines.slice(-40).join('\n');
  }

  /** Ends the process and gives its exit code, null after SIGKILL. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  #take(line: string): void {
    this.#lines.push(line);
    if (!line.includes('"listening"')) return;
    this.#url = (JSON.parse(line) as { url: string }).url;
  }
}

/** A variable that integration tests need; fails with what to do if it is missing. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(
      `${name} is not set: integration tests run against a stack, start one with npm test or source its environment`,
    );
  }
  return value;
}
