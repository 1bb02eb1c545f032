import { createRequire } from 'node:module';
import { ResonantError } from '@resonant/contracts';

/** A connection of the engine: an opaque handle of its native code. */
export type Connection = object & { readonly connection: unique symbol };

/** What the engine gives back for a statement. */
export interface RawResult {
  readonly bytes: Uint8Array;
  /** Seconds. */
  readonly elapsed: number;
  /** Rows of the result, or those that an INSERT has read from a file. */
  readonly rowsRead: number;
  /** The same in bytes of the engine's memory. */
  readonly bytesRead: number;
}

/** What the engine gives back for an INSERT from a query; counts what materialised views wrote, too. */
export interface RawInsert {
  /** Seconds. */
  readonly elapsed: number;
  readonly rowsWritten: number;
  readonly bytesWritten: number;
}

/** The functions of chdb's native code that are used here. Promises settle when the engine is done, not before. */
export interface Native {
  CreateConnection(folder: string, args?: readonly string[]): Connection;
  CloseConnection(connection: Connection): void;
  QueryAsyncConnection(connection: Connection, sql: string, format: string): Promise<RawResult>;
  InsertRawAsyncConnection(
    connection: Connection,
    prefix: string,
    data: Uint8Array,
    countLines: boolean,
  ): Promise<RawInsert>;
}

/** Throws `invalid-configuration` if the engine's package for this platform is not installed, which pnpm passes over. */
export function requireEngine(platform: string = process.platform, arch: string = process.arch): void {
  const name = `@chdb/lib-${platform}-${arch}${platform === 'linux' ? '-gnu' : ''}`;
  try {
    ofChdb().resolve(name);
  } catch {
    throw new ResonantError(
      'invalid-configuration',
      `ClickHouse's engine is not installed for ${platform}-${arch} (package ${name}): the lockfile has it for linux-x64 ` +
        'with glibc. Run the stack there, for example in a virtual machine.',
    );
  }
}

/**
 * The native code itself, not chdb's classes: their `close` waits until no connection of the whole process is busy,
 * and their bound queries run one at a time.
 */
export function loadNative(): Native {
  const { loadNative: load } = ofChdb()('./dist/loader.js') as { readonly loadNative: () => Native };
  return load();
}

/** Sees what chdb sees. */
const ofChdb = (): NodeJS.Require => createRequire(createRequire(import.meta.url).resolve('chdb'));
