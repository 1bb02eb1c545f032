import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Guard } from './guard.ts';
import { identityOf } from './identity.ts';

/** One process of the stack: how to start it and how to know that it serves. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Its output is appended here. */
  readonly logFile: string;
  /** Identity of the running process, for a later start that finds leftovers. */
  readonly pidFile: string;
  /** Resolves once it serves; called after each start, aborted when the process ends. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** Called when it no longer serves. */
  readonly down?: () => void;
  /** How long a SIGTERM may take before SIGKILL. */
  readonly stopWithinMs: number;
}

/** What is particular to one part; the rest of a specification is the same for all. */
export type PartProcess = Pick<ProcessSpec, 'command' | 'args' | 'ready' | 'down' | 'stopWithinMs'>;

export const backOff = { firstMs: 250, factor: 2, mostMs: 15_000, forgottenAfterMs: 30_000 } as const;

type State = 'stopped' | 'starting' | 'ready' | 'waiting';

/** Keeps one process running: started again with back-off whenever it ends by itself or is killed. */
export class Supervised {
  readonly #guard: Guard;
  readonly #onLine: (line: string) => void;
  readonly #spec: ProcessSpec;
  #child: ChildProcess | undefined;
  #wanted = false;
  #state: State = 'stopped';
  #ended: Promise<void> = Promise.resolve();
  #wake = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #waiters: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #lastFailure: Error | undefined;

  constructor(spec: ProcessSpec, guard: Guard, onLine: (line: string) => void) {
    this.#spec = spec;
    this.#guard = guard;
    this.#onLine = onLine;
  }

  get name(): string {
    return this.#spec.name;
  }

  get state(): State {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it and resolves once it serves; rejects, and gives up, if as many starts fail as `attempts` says. */
  async start(attempts = 1): Promise<void> {
    if (this.#wanted) return this.whenReady();
    this.#wanted = true;
    this.#state = 'starting';
    const first = this.#first(attempts);
    this.#loop = first.then(
      () => this.#keep(),
      // The caller is told below.
      () => undefined,
    );
    try {
      await first;
      this.#settle();
    } catch (error) {
      this.#wanted = false;
      await this.#end();
      this.#state = 'stopped';
      throw error;
    }
  }

  /** Resolves as soon as it serves (at once if it does); rejects when it is stopped instead, or after `withinMs`. */
  whenReady(withinMs = 60_000): Promise<void> {
    if (this.#state === 'ready') return Promise.resolve();
    if (!this.#wanted) return Promise.reject(new Error(`${this.name} is stopped`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(this.#lastFailure ?? new Error(`${this.name} was not ready within ${withinMs / 1000} s`));
      }, withinMs);
      this.#waiters.push({
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
    });
  }

  /** Sends a signal. A process that ends by it is started again; resolves once it has ended. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const ended = this.#ended;
    this.#child?.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT') await ended;
  }

  /** Ends it and does not start it again. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#wake.abort();
    this.#settle(new Error(`${this.name} was stopped`));
    await this.#end();
    await this.#loop;
    this.#state = 'stopped';
  }

  /** Stops and starts it; resolves once it serves. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async #first(attempts: number): Promise<void> {
    for (let attempt = 1, delay: number = backOff.firstMs; ; attempt++) {
      try {
        return await this.#launch();
      } catch (error) {
        if (attempt >= attempts || !this.#wanted) throw error;
        await this.#end();
        this.#onLine(`${this.name} did not start (${this.#how()}); trying again in ${delay} ms`);
        this.#state = 'waiting';
        await this.#pause(delay);
        delay = Math.min(delay * backOff.factor, backOff.mostMs);
      }
    }
  }

  async #keep(): Promise<void> {
    let delay: number = backOff.firstMs;
    let since = performance.now();
    for (;;) {
      await this.#ended;
      if (!this.#wanted) return;
      if (performance.now() - since > backOff.forgottenAfterMs) delay = backOff.firstMs;
      this.#state = 'waiting';
      this.#onLine(`${this.name} ended unexpectedly (${this.#how()}); starting it again in ${delay} ms`);
      await this.#pause(delay);
      if (!this.#wanted) return;
      delay = Math.min(delay * backOff.factor, backOff.mostMs);
      since = performance.now();
      try {
        await this.#launch();
        this.#onLine(`${this.name} is back`);
        this.#settle();
      } catch (error) {
        this.#lastFailure = error as Error;
        if (this.#wanted) this.#onLine((error as Error).message);
        await this.#end();
      }
    }
  }

  /** Resolves after `ms`, or as soon as `stop` wakes it. */
  async #pause(ms: number): Promise<void> {
    this.#wake = new AbortController();
    // Being woken is the only way in which it rejects.
    await pause(ms, undefined, { signal: this.#wake.signal }).catch(() => undefined);
  }

  async #launch(): Promise<void> {
    const spec = this.#spec;
    this.#state = 'starting';
    const log = openSync(spec.logFile, 'a');
    // A group of its own: Ctrl-C in the terminal reaches only us, and we stop things in order.
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env as NodeJS.ProcessEnv,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    const over = new AbortController();
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        if (child.pid !== undefined) this.#guard.remove(child.pid);
        rmSync(spec.pidFile, { force: true });
        if (this.#state === 'ready') this.#state = 'waiting';
        spec.down?.();
        over.abort(new Error('it ended'));
        resolve();
      };
      child.once('exit', end);
      child.once('error', end);
    });
    if (child.pid !== undefined) {
      this.#guard.add(child.pid);
      writeFileSync(spec.pidFile, identityOf(child.pid));
    }
    try {
      await spec.ready(over.signal);
      over.signal.throwIfAborted();
    } catch (error) {
      throw new Error(
        `${spec.name} did not start (${over.signal.aborted ? this.#how() : (error as Error).message}). ${tail(spec.logFile)}`,
      );
    }
    this.#state = 'ready';
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    // A stopped process would never see the SIGTERM.
    child.kill('SIGCONT');
    const force = setTimeout(() => child.kill('SIGKILL'), this.#spec.stopWithinMs);
    await this.#ended;
    clearTimeout(force);
  }

  #settle(failure?: Error): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) failure === undefined ? waiter.resolve() : waiter.reject(failure);
  }

  #how(): string {
    const child = this.#child;
    return child?.signalCode ?? (child?.exitCode === null ? 'it could not be run' : `exit code ${child?.exitCode}`);
  }
}

/** Runs `start`; an abort meanwhile stops the processes, so that no start is waited for in vain. */
export async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  processes: readonly Supervised[],
  start: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const stop = (): void => {
    for (const process of processes) void process.stop();
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await start();
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function tail(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12);
  return `The end of ${file}:\n  ${lines.join('\n  ')}`;
}
