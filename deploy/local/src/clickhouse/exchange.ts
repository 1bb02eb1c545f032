import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** A named pipe that the engine writes a result into and this process reads from. */
export interface Pipe {
  readonly path: string;
  /** What the engine writes, as fast as it is read: a full pipe stops the engine. */
  readonly output: Readable;
  /** To be called when the engine is done: the output ends behind the last byte. */
  finish(): void;
  /** Gives the pipe back. Only when the engine is done: it would wait for ever for a reader of a pipe that has none. */
  release(): void;
}

/** What the engine and this process hand each other: results through named pipes, data to insert in files. */
export class Exchange {
  readonly #folder: string;
  readonly #free: string[];
  #files = 0;

  /** Makes `count` pipes in a folder of their own, to be used again and again; what it held before is removed. */
  constructor(folder: string, count: number) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#free = Array.from({ length: count }, (_, n) => join(folder, `result-${n}`));
    const { status, stderr, error } = spawnSync('mkfifo', ['-m', '600', ...this.#free], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`mkfifo could not make pipes in ${folder}: ${error?.message ?? stderr}`);
  }

  /** Runs `work` with data in a file, which is gone afterwards. */
  async withFile<T>(data: Uint8Array, work: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#folder, `insert-${this.#files++}`);
    try {
      await writeFile(path, data, { mode: 0o600 });
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  pipe(): Pipe {
    const path = this.#free.pop();
    if (path === undefined) throw new Error('there are fewer pipes than statements that may run at once');
    // Without blocking, or the opening of either end would wait for the other.
    const output = new Socket({
      fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
      readable: true,
      writable: false,
    });
    // As long as one writer is there the output does not end, also before the engine has opened the pipe.
    let writer: number | undefined = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    const finish = (): void => {
      if (writer !== undefined) closeSync(writer);
      writer = undefined;
    };
    let released = false;
    return {
      path,
      output,
      finish,
      release: () => {
        finish();
        output.destroy();
        if (released) return;
        released = true;
        this.#free.push(path);
      },
    };
  }
}
