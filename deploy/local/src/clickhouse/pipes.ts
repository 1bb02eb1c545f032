import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
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
  /** Gives the pipe back; the engine's next write into it fails. Only with the engine done, or about to be. */
  release(): void;
}

/** Named pipes of this process, made once and used again. */
export class Pipes {
  readonly #free: string[];

  /** Makes `count` pipes in a folder of their own; what it held before is removed. */
  constructor(folder: string, count: number) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#free = Array.from({ length: count }, (_, n) => join(folder, String(n)));
    const { status, stderr, error } = spawnSync('mkfifo', ['-m', '600', ...this.#free], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`mkfifo could not make pipes in ${folder}: ${error?.message ?? stderr}`);
  }

  take(): Pipe {
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
