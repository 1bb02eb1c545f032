import { Buffer } from 'node:buffer';
import type { ClickHouse } from '@resonant/clickhouse';
import { type Decoder, isResonantError, type Keyspace } from '@resonant/contracts';
import type { LogEntry } from '@resonant/engine';

/** A record of the stored log; `entry` is null for one that no replay can read. */
export interface LoggedEntry {
  readonly offset: number;
  readonly entry: LogEntry | null;
}

/** Records that are decoded at once. */
const chunk = 1000;

/** Records that one statement reads: an analyst's limits on rows and time hold for each statement. */
const page = 50_000;

/**
 * One partition's stored log, entry by entry, up to and with the offset `last`. Rejects with `unknown-record-type` for a
 * record of a later release, and as `ClickHouse.stream` does.
 */
export async function* storedEntries(
  clickHouse: ClickHouse,
  decoder: Decoder,
  keyspace: Keyspace,
  partition: number,
  last: number,
): AsyncGenerator<LoggedEntry> {
  for (let from = 0; from <= last; ) {
    const rows = clickHouse.stream<{ readonly offset: number; readonly bytes: string | null }>(
      `SELECT offset, hex(value) AS bytes FROM resonant.log
       WHERE keyspace = {keyspace:String} AND partition = {partition:UInt16} AND offset >= {from:UInt64} AND offset <= {last:UInt64}
       ORDER BY offset LIMIT {page:UInt32}`,
      { params: { keyspace, partition, from, last, page } },
    );
    let read = 0;
    let waiting: { readonly offset: number; readonly value: Buffer | null }[] = [];
    for await (const { offset, bytes } of rows) {
      read += 1;
      from = offset + 1;
      waiting.push({ offset, value: bytes === null ? null : Buffer.from(bytes, 'hex') });
      if (waiting.length < chunk) continue;
      yield* decoded(decoder, waiting);
      waiting = [];
    }
    yield* decoded(decoder, waiting);
    if (read < page) return;
  }
}

async function* decoded(
  decoder: Decoder,
  records: readonly { readonly offset: number; readonly value: Buffer | null }[],
): AsyncGenerator<LoggedEntry> {
  await decoder.prepare(records.map(({ value }) => value));
  for (const { offset, value } of records) yield { offset, entry: value === null ? null : entryOf(decoder, value) };
}

/** What the runtime makes of the same bytes; null where it passes over them. */
function entryOf(decoder: Decoder, value: Buffer): LogEntry | null {
  try {
    const decoded = decoder.decode(value);
    switch (decoded.type) {
      case 'Signal':
        return { type: 'signal', signal: decoded.value };
      case 'Tick':
        return { type: 'tick', at: decoded.value.at };
      case 'RuleChange': {
        const { action, ruleId, document, revision } = decoded.value;
        return action === 'put' || action === 'delete' ? { type: 'rule', action, ruleId, document, revision } : null;
      }
      default:
        return null;
    }
  } catch (error) {
    if (isResonantError(error, 'undecodable-record')) return null;
    throw error;
  }
}
