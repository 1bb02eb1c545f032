import type { ClickHouse } from '@resonant/clickhouse';
import { type Alert, alertsTopic, type Evidence } from '@resonant/contracts';

/** A transition as history has it. */
export interface Archived {
  readonly offset: number;
  readonly alert: Alert;
}

/** Transitions that Kafka no longer keeps. Every method rejects with `history-unavailable` while history does not answer. */
export interface AlertArchive {
  /** True if every transition of the partition with from ≤ offset < to stands there: the ledger says so, and the rows do; none was given up. */
  covers(partition: number, from: number, to: number): Promise<boolean>;
  /** Those transitions in the order of their offsets. */
  read(partition: number, from: number, to: number): AsyncGenerator<Archived>;
  /** Offset of the first one before `to` that was stored in Kafka at or after an instant (epoch ms); `to` if there is none. */
  since(partition: number, instant: number, to: number): Promise<number>;
}

const pageRows = 2000;

const epoch =
  '(SELECT max(epoch) FROM resonant.ledger WHERE topic = {topic:String} AND partition = {partition:UInt16})';

const ledgerCoverage = `
SELECT count() AS ranges, min(first) AS firstOffset, max(last) AS lastOffset, sum(n_rejected) AS rejected, sum(n_rows) AS rows,
    countIf(toInt64(first) != previous + 1) AS breaks, countIf(is_lost) AS lost
FROM
(
    SELECT first, last, n_rejected, n_rows, n_records = 0 AND match(token, '/skipped(~[0-9]+)?$') AS is_lost,
        lagInFrame(toInt64(last), 1, toInt64(first) - 1) OVER (ORDER BY first ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS previous
    FROM resonant.ledger
    WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = ${epoch}
        AND last >= {from:UInt64} AND first < {to:UInt64}
)`;

const storedRows = `
SELECT count() AS stored FROM resonant.alerts
WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = ${epoch} AND offset >= {from:UInt64} AND offset <= {to:UInt64}`;

const page = `
SELECT offset, alert_id, seq, rule_id, rule_version, subject_fields, transition, state, toUnixTimestamp64Milli(at) AS at_ms,
    toUnixTimestamp64Milli(decided_at) AS decided_ms, values, arrayMap(item -> (item.event_id, item.signal_id,
    toUnixTimestamp64Milli(item.occurred_at), item.role), evidence) AS items, is_late, is_shadow,
    toUnixTimestamp64Milli(opened_at) AS opened_ms, severity, title, keyspace, partition_key, log_partition, tick_offset
FROM resonant.alerts
WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = ${epoch} AND offset >= {from:UInt64} AND offset < {to:UInt64}
ORDER BY offset
LIMIT ${pageRows}`;

const firstSince = `
SELECT min(offset) AS first_offset, count() AS n FROM resonant.alerts
WHERE topic = {topic:String} AND partition = {partition:UInt16} AND epoch = ${epoch} AND offset < {to:UInt64}
    AND appended_at >= fromUnixTimestamp64Milli({instant:Int64}, 'UTC')`;

interface Row {
  readonly offset: number;
  readonly alert_id: string;
  readonly seq: number;
  readonly rule_id: string;
  readonly rule_version: number;
  readonly subject_fields: Readonly<Record<string, string>>;
  readonly transition: string;
  readonly state: string;
  readonly at_ms: number;
  readonly decided_ms: number;
  readonly values: Readonly<Record<string, number>>;
  readonly items: readonly (readonly [eventId: string, signalId: string, occurredAt: number, role: string])[];
  readonly is_late: number;
  readonly is_shadow: number;
  readonly opened_ms: number;
  readonly severity: string;
  readonly title: Readonly<Record<string, string>>;
  readonly keyspace: string;
  readonly partition_key: string;
  readonly log_partition: number;
  readonly tick_offset: number;
}

/** The archive in ClickHouse. */
export function alertArchive(clickHouse: ClickHouse): AlertArchive {
  const ask = <R>(statement: string, params: Readonly<Record<string, number>>): Promise<readonly R[]> =>
    clickHouse.query<R>(statement, { params: { topic: alertsTopic, ...params } });
  return {
    covers: async (partition, from, to) => {
      const [known] = await ask<Readonly<Record<CoverageColumn, number>>>(ledgerCoverage, { partition, from, to });
      if (known === undefined || known.ranges === 0 || known.breaks > 0) return false;
      if (known.rejected > 0 || known.lost > 0) return false;
      if (known.firstOffset > from || known.lastOffset < to - 1) return false;
      const [rows] = await ask<{ stored: number }>(storedRows, {
        partition,
        from: known.firstOffset,
        to: known.lastOffset,
      });
      return rows?.stored === known.rows;
    },
    read: async function* (partition, from, to) {
      for (let next = from; next < to; ) {
        const rows = await ask<Row>(page, { partition, from: next, to });
        for (const row of rows) yield { offset: row.offset, alert: alertOf(row) };
        const last = rows.at(-1);
        if (last === undefined || rows.length < pageRows) return;
        next = last.offset + 1;
      }
    },
    since: async (partition, instant, to) => {
      const [first] = await ask<{ first_offset: number; n: number }>(firstSince, { partition, instant, to });
      return first === undefined || first.n === 0 ? to : first.first_offset;
    },
  };
}

type CoverageColumn = 'ranges' | 'firstOffset' | 'lastOffset' | 'rejected' | 'rows' | 'breaks' | 'lost';

/** The record that the row was made of. */
const alertOf = (row: Row): Alert => ({
  alertId: row.alert_id,
  seq: row.seq,
  ruleId: row.rule_id,
  ruleVersion: row.rule_version,
  subject: row.subject_fields,
  transition: row.transition,
  state: row.state,
  at: row.at_ms,
  decidedAt: row.decided_ms,
  values: row.values,
  evidence: row.items.map(
    ([eventId, signalId, occurredAt, role]): Evidence => ({
      eventId: eventId === '' ? null : eventId,
      signalId,
      occurredAt,
      role,
    }),
  ),
  isLate: row.is_late === 1,
  isShadow: row.is_shadow === 1,
  openedAt: row.opened_ms,
  severity: row.severity,
  title: row.title,
  keyspace: row.keyspace,
  partitionKey: row.partition_key,
  partition: row.log_partition,
  tickOffset: row.tick_offset,
});
