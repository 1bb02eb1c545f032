import { ResonantError } from '@resonant/contracts';
import type { Mark } from './marks.ts';

/** Raised when what a backup holds changes. */
export const backupFormat = 1;

/** One file of a backup. */
export interface BackupTable {
  readonly name: string;
  readonly file: string;
  readonly rows: number;
  /** Length of the file, compressed. */
  readonly bytes: number;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
}

/** What a backup is: written last, so a folder without it is no backup. */
export interface Manifest {
  readonly format: number;
  /** ISO instant. */
  readonly takenAt: string;
  /** Checksums of the migration statements that made its tables, in order. */
  readonly migrations: readonly string[];
  readonly marks: readonly Mark[];
  readonly tables: readonly BackupTable[];
}

export const manifestFile = 'manifest.json';

/** Throws `invalid-request` for what is not a manifest of this release. */
export function parseManifest(text: string): Manifest {
  const value = JSON.parse(text) as Partial<Manifest>;
  if (value.format !== backupFormat) {
    throw new ResonantError(
      'invalid-request',
      `expected a backup of format ${backupFormat}, got ${value.format}: restore it with the release that made it`,
    );
  }
  return value as Manifest;
}
