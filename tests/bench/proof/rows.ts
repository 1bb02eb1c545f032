import type { ClickHouse } from '@resonant/clickhouse';

/** Tables with a row for each record: log and signals. */
export const tablesOfRecord = 2;

const partitions = 4;

/**
 * Fills log, signals and ledger inside the engine, by the very inserts that the writer makes: one insert is one range of
 * one partition in one block, and the engine makes the hashes and digests.
 *
 * @param batch records of a range
 */
export async function fill(
  clickHouse: ClickHouse,
  { records, batch, told }: { readonly records: number; readonly batch: number; told(done: number): void },
): Promise<void> {
  const next = Array.from({ length: partitions }, () => 0);
  for (let done = 0, range = 0; done < records; range++) {
    const count = Math.min(batch, records - done);
    const partition = range % partitions;
    const first = next[partition] as number;
    await clickHouse.command(insert(partition, first, count), {
      settings: {
        max_block_size: count + 1,
        max_insert_threads: 1,
        min_insert_block_size_rows: 1_000_000,
        min_insert_block_size_bytes: 1 << 30,
      },
    });
    next[partition] = first + count;
    done += count;
    if (range % 100 === 0) told(done);
  }
}

/** Row 0 is the range row, the others are its records. */
function insert(partition: number, first: number, count: number): string {
  const last = first + count - 1;
  return `INSERT INTO resonant.intake_signals (is_range, range_first, range_last, range_records, range_rejected, range_token,
    is_row, topic, keyspace, partition, offset, epoch, appended_at, record_type, key, value, headers, schema_id, kind, account_id,
    contact_id, rep_id, team_id, region_id, occurred_at, channel, signal_id, event_id, measures, labels)
  SELECT number = 0 AS range, if(range, ${first}, 0), if(range, ${last}, 0), if(range, ${count}, 0), 0,
    if(range, 'bench/${partition}/${first}-${last}', ''), NOT range, 'resonant.signals.team.v1', if(range, '', 'team'), ${partition},
    if(range, 0, ${first} + number - 1) AS place, 0, toDateTime64('2026-03-02 09:00:00', 3, 'UTC') + toIntervalMillisecond(place) AS at,
    if(range, '', 'Signal'), concat('team-', toString(place % 40)), concat(unhex('0000000003'), randomString(150)),
    map('ce_id', toString(place), 'traceparent', lower(hex(randomString(27)))), 3,
    ['sentiment', 'intent', 'eligible-call', 'talk-track', 'touch'][1 + place % 5], concat('account-', toString(place % 2000)),
    concat('contact-', toString(place % 9000)), concat('rep-', toString(place % 400)), concat('team-', toString(place % 40)), 'north',
    at, 'call', lower(hex(sipHash128(${partition}, place))), concat('calls:', toString(place)),
    map('polarity', (place % 2000) / 1000. - 1), map('track', 'new-policy', 'intent', 'technical-consultation')
  FROM numbers(${count + 1})`;
}
