import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own that can be filled. */
export interface SmallDisk {
  /** Where it is mounted, and the folder above it, which is not part of it. */
  readonly folder: string;
  readonly parent: string;
  /** Leaves no room. */
  fill(): void;
  /** Takes away what `fill` brought. */
  empty(): void;
  close(): void;
}

/** Mounts one in memory, under a folder of its own; throws, saying what is needed, where this user must not mount. */
export function smallDisk(name: string, megabytes: number): SmallDisk {
  const parent = mkdtempSync(join(tmpdir(), 'resonant-disk-'));
  const folder = join(parent, name);
  mkdirSync(folder);
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder);
  const ballast = join(folder, 'ballast');
  return {
    folder,
    parent,
    fill: () => {
      const file = openSync(ballast, 'w');
      try {
        for (const block of [1 << 20, 4096, 1]) writeUntilFull(file, Buffer.alloc(block));
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    close: () => {
      spawnSync('umount', ['-l', folder]);
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

function writeUntilFull(file: number, block: Buffer): void {
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(
    `${command} failed; this test needs a file system of its own, and root: ${error?.message ?? stderr.trim()}`,
  );
}
