import type { ClickHouse } from '@resonant/clickhouse';
import type { Decoder, Keyspace } from '@resonant/contracts';
import type { Range } from './compare.ts';
import { merged, noFindings, type Report } from './report.ts';
import { verifyByReplay } from './verify-replay.ts';
import { type VerifyOptions, verifyBySql } from './verify-sql.ts';

/** What is to be verified, and how. */
export interface VerifyAllOptions extends Pick<VerifyOptions, 'ruleId' | 'onProgress'> {
  readonly range: Range;
  readonly keyspaces: readonly Keyspace[];
  readonly bySql: boolean;
  /** Reads the stored records for the replay; null = no replay. */
  readonly decoder: Decoder | null;
  readonly signal?: AbortSignal;
}

/** Verifies keyspace by keyspace; see `verifyBySql` and `verifyByReplay`. Rejects when `signal` is aborted. */
export async function verify(clickHouse: ClickHouse, options: VerifyAllOptions): Promise<Report> {
  const { range, keyspaces, bySql, decoder, signal, ruleId, onProgress } = options;
  let sql = noFindings;
  let replay = noFindings;
  for (const keyspace of keyspaces) {
    const one: VerifyOptions = {
      keyspace,
      range,
      ...(ruleId === undefined ? {} : { ruleId }),
      onProgress: (what, done, total) => {
        signal?.throwIfAborted();
        onProgress?.(what, done, total);
      },
    };
    if (bySql) sql = merged(sql, await verifyBySql(clickHouse, one));
    if (decoder !== null) replay = merged(replay, await verifyByReplay(clickHouse, decoder, one));
  }
  return { range, sql: bySql ? sql : null, replay: decoder === null ? null : replay };
}
