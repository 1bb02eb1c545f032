import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Report, Work } from './worker.ts';

/** A worker as a process of its own. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  report: Report | undefined;

  constructor(work: Work) {
    this.#child = fork(join(import.meta.dirname, 'worker.ts'), {
      env: { ...process.env, WORK: JSON.stringify(work) },
      execArgv: ['--no-warnings'],
    });
    this.#child.on('message', (report) => {
      this.report = report as Report;
    });
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}
