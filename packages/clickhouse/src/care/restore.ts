import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createZstdDecompress } from 'node:zlib';
import { ResonantError } from '@resonant/contracts';
import type { ClickHouse } from '../client/connect.ts';
import type { EngineFamily } from '../migrations/render.ts';
import { removal } from '../removals.ts';
import { readApplied } from './applied.ts';
import { type CareProgress, sha256Of } from './backup.ts';
import { eraseAgain } from './erase.ts';
import type { ErasureRecord } from './erased-keys.ts';
import { type BackupTable, type Manifest, manifestFile, parseManifest } from './manifest.ts';
import { storedTables } from './tables.ts';

export interface RestoreOptions {
  readonly progress: CareProgress;
  /** What the tables run on. */
  readonly family: EngineFamily;
  /** Every erasure that was published: those made after the backup are made again. */
  readonly erasures: readonly ErasureRecord[];
  /** Empties what an earlier restore that did not end has left. Never touches a database whose ledger has rows. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Brings a backup back into a migrated, empty database: first the rows, the ledger last, so that until the end nothing
 * claims to be stored. The writer must not run meanwhile; started afterwards it goes on from the ledger and fetches
 * from Kafka what came later. Rejects with `invalid-request` if the backup is not whole, was made with other migrations,
 * or the database is not empty; then nothing was changed.
 */
export async function restore(clickhouse: ClickHouse, folder: string, options: RestoreOptions): Promise<Manifest> {
  const manifest = await readManifest(folder);
  await checkMigrations(clickhouse, manifest);
  await checkFiles(folder, manifest);
  await checkEmpty(clickhouse, options);
  for (const [index, table] of manifest.tables.entries()) {
    options.signal?.throwIfAborted();
    if (table.name === 'ledger') {
      await checkNobodyWrote(clickhouse);
      // before anything claims to be stored
      await eraseAgain(clickhouse, options.erasures, options.family);
    }
    options.progress(table.name, table.rows, index, manifest.tables.length);
    await readTable(clickhouse, folder, table, options.signal);
  }
  return manifest;
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, manifestFile);
  const text = await readFile(path, 'utf8').catch(unlessMissing(path));
  if (text !== undefined) return parseManifest(text);
  throw new ResonantError(
    'invalid-request',
    `${folder} has no ${manifestFile}: it is no backup, or one that did not end`,
  );
}

/** A file that is there and cannot be read is another matter than one that is not there. */
const unlessMissing =
  (path: string) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (error.code === 'ENOENT') return undefined;
    throw new ResonantError('invalid-request', `${path} cannot be read: ${error.message}`);
  };

async function checkFiles(folder: string, { tables }: Manifest): Promise<void> {
  const known = storedTables.map(({ name }) => name).join();
  const held = tables.map(({ name }) => name).join();
  if (held !== known)
    throw new ResonantError('invalid-request', `expected the tables ${known}, the backup has ${held}`);
  for (const { file, sha256 } of tables) {
    const path = join(folder, file);
    const found = (await sha256Of(path).catch(unlessMissing(path))) ?? 'no file';
    if (found === sha256) continue;
    throw new ResonantError(
      'invalid-request',
      `${file} is not what the backup wrote: expected SHA-256 ${sha256}, got ${found}`,
    );
  }
}

async function checkMigrations(clickhouse: ClickHouse, { migrations }: Manifest): Promise<void> {
  const [{ n: isMigrated } = { n: 0 }] = await clickhouse.query<{ n: number }>(
    "SELECT toFloat64(count()) AS n FROM system.tables WHERE database = 'resonant' AND name = 'migrations'",
  );
  if (isMigrated === 0) {
    throw new ResonantError(
      'invalid-request',
      'there are no tables to restore into: make them with "resonant history migrate" first',
    );
  }
  const applied = await readApplied(clickhouse);
  if (applied.join() === migrations.join()) return;
  throw new ResonantError(
    'invalid-request',
    `the backup was made after ${migrations.length} migration statements, this database has ${applied.length} or others: ` +
      'restore with the release that made it, then migrate',
  );
}

const countOf = async (clickhouse: ClickHouse, table: string): Promise<number> =>
  (await clickhouse.query<{ n: number }>(`SELECT toFloat64(count()) AS n FROM resonant.${table}`))[0]?.n ?? 0;

async function checkEmpty(clickhouse: ClickHouse, { again = false, family }: RestoreOptions): Promise<void> {
  const stored = await countOf(clickhouse, 'ledger');
  if (stored > 0) {
    throw new ResonantError(
      'invalid-request',
      `the ledger has ${stored} ranges: a backup is restored into an empty database only`,
    );
  }
  for (const { name } of storedTables) {
    const rows = await countOf(clickhouse, name);
    // Queries are asked of an empty database too.
    if (rows === 0 || name === 'queries') continue;
    if (!again) {
      throw new ResonantError(
        'invalid-request',
        `${name} has ${rows} rows and the ledger none, as after a restore that did not end: --again empties the tables first`,
      );
    }
    await clickhouse.command(removal.all(name, family));
  }
}

async function checkNobodyWrote(clickhouse: ClickHouse): Promise<void> {
  const stored = await countOf(clickhouse, 'ledger');
  if (stored === 0) return;
  throw new ResonantError(
    'invalid-request',
    `the ledger got ${stored} ranges during the restore: stop services/history, make the database anew, restore again`,
  );
}

async function readTable(
  clickhouse: ClickHouse,
  folder: string,
  { name, file, rows }: BackupTable,
  signal?: AbortSignal,
): Promise<void> {
  const before = await countOf(clickhouse, name);
  if (rows > 0) {
    await clickhouse.insertRaw({
      table: `resonant.${name}`,
      format: 'Native',
      body: createReadStream(join(folder, file)).pipe(createZstdDecompress()),
      // What a backup holds twice is there twice, and so is what the engine remembers of a table that was emptied: nothing
      // may be taken for a repetition.
      settings: { insert_deduplication_token: randomUUID() },
      ...(signal === undefined ? {} : { signal }),
    });
  }
  const found = (await countOf(clickhouse, name)) - before;
  if (found !== rows && name !== 'queries') {
    throw new ResonantError('internal', `${name}: the backup has ${rows} rows, ${found} came into the table`);
  }
}
