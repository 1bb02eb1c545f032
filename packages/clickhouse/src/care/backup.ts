import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { ResonantError } from '@resonant/contracts';
import type { ClickHouse } from '../client/connect.ts';
import { readApplied } from './applied.ts';
import { type BackupTable, backupFormat, type Manifest, manifestFile } from './manifest.ts';
import { marksParameter, readMarks, withinMarks } from './marks.ts';
import { type StoredTable, storedTables } from './tables.ts';

/** Hears how far a backup or restore is: the table, its rows, and which of how many tables it is. */
export type CareProgress = (table: string, rows: number, index: number, of: number) => void;

/**
 * Writes everything that is stored into an empty folder: a file per table (ClickHouse's Native format, zstd) and a
 * manifest. It may run while the writer works: rows and ledger are cut at the same offsets, the marks at its start, so
 * they fit together. Rejects with `invalid-request` if the folder is not empty.
 *
 * @param now epoch ms, for the manifest
 */
export async function backup(
  clickhouse: ClickHouse,
  folder: string,
  now: number,
  progress: CareProgress,
  signal?: AbortSignal,
): Promise<Manifest> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new ResonantError('invalid-request', `${folder} is not empty: a backup needs a folder of its own`);
  }
  const migrations = await readApplied(clickhouse);
  const marks = await readMarks(clickhouse);
  const params = { marks: marksParameter(marks) };
  const tables: BackupTable[] = [];
  for (const [index, table] of storedTables.entries()) {
    signal?.throwIfAborted();
    const where = conditionOf(table);
    const rows = await countOf(clickhouse, table.name, where, params);
    progress(table.name, rows, index, storedTables.length);
    tables.push(await writeTable(clickhouse, folder, table, where, params, rows, signal));
  }
  const manifest: Manifest = {
    format: backupFormat,
    takenAt: new Date(now).toISOString(),
    migrations,
    marks,
    tables,
  };
  await writeDurably(folder, manifestFile, `${JSON.stringify(manifest, null, 1)}\n`);
  return manifest;
}

const conditionOf = ({ name, isPlaced }: StoredTable): string =>
  isPlaced ? withinMarks('offset') : name === 'ledger' ? withinMarks('last') : '1';

async function countOf(clickhouse: ClickHouse, table: string, where: string, params: object): Promise<number> {
  const [row] = await clickhouse.query<{ n: number }>(
    `SELECT toFloat64(count()) AS n FROM resonant.${table} WHERE ${where}`,
    { params: { ...params } },
  );
  return row?.n ?? 0;
}

async function writeTable(
  clickhouse: ClickHouse,
  folder: string,
  { name }: StoredTable,
  where: string,
  params: object,
  rows: number,
  signal?: AbortSignal,
): Promise<BackupTable> {
  const file = `${name}.native.zst`;
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const rowsOfTable = await clickhouse.readRaw(`SELECT * FROM resonant.${name} WHERE ${where}`, 'Native', {
    params: { ...params },
    ...(signal === undefined ? {} : { signal }),
  });
  await pipeline(rowsOfTable, createZstdCompress(), meter, createWriteStream(join(folder, file), { flush: true }));
  return { name, file, rows, bytes, sha256: hash.digest('hex') };
}

/** SHA-256 of a file in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** A file that is either whole or not there. */
async function writeDurably(folder: string, name: string, text: string): Promise<void> {
  const handle = await open(join(folder, `${name}.part`), 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(join(folder, `${name}.part`), join(folder, name));
}
