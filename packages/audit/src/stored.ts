import type { ClickHouse } from '@resonant/clickhouse';
import { type Keyspace, signalsTopic } from '@resonant/contracts';
import type { Evidence, StoredTransition } from './derived.ts';
import type { RuleChangeAt } from './lives.ts';
import type { Span } from './open-hours.ts';

/** The stored log of one partition: what of it there is. Offsets are Kafka's, instants epoch ms. */
export interface StoredLog {
  readonly partition: number;
  readonly firstOffset: number;
  /** Last offset that proofs may look at: what stands behind it lacks records that were erased or lost. */
  readonly lastOffset: number;
  /** What history lacks behind `lastOffset`; null = it is the end of the log. */
  readonly lacks: 'erased' | 'lost' | null;
  readonly signals: number;
  readonly ticks: number;
  /** Least and largest instant of signals and ticks. */
  readonly span: Span;
}

/** The partitions of a keyspace that have a stored log with ticks; an erased or lost record ends what is looked at. */
export async function storedLogs(clickHouse: ClickHouse, keyspace: Keyspace): Promise<readonly StoredLog[]> {
  const rows = await clickHouse.query<
    Omit<StoredLog, 'span' | 'lacks'> & {
      readonly first: number;
      readonly last: number;
      readonly lacking: 'erased' | 'lost' | '';
    }
  >(
    `SELECT l.partition AS partition, firstOffset, arraySort(arrayFilter(each -> each.1 > firstOffset, holes))[1] AS hole,
       if(empty(hole.2), lastOffset, hole.1 - 1) AS lastOffset, hole.2 AS lacking, signals, ticks, least(firstTick, if(firstSignal = 0, firstTick, firstSignal)) AS first, last
     FROM (
       SELECT partition, min(offset) AS firstOffset, max(offset) AS lastOffset, countIf(record_type = 'Signal') AS signals,
         countIf(record_type = 'Tick') AS ticks, toUnixTimestamp64Milli(assumeNotNull(min(tick_at))) AS firstTick,
         toUnixTimestamp64Milli(assumeNotNull(max(tick_at))) AS last
       FROM resonant.log WHERE keyspace = {keyspace:String} GROUP BY partition HAVING ticks > 0
     ) AS l
     LEFT JOIN (
       SELECT partition, toUnixTimestamp64Milli(min(occurred_at)) AS firstSignal
       FROM resonant.signals WHERE keyspace = {keyspace:String} GROUP BY partition
     ) AS s ON s.partition = l.partition
     LEFT JOIN (
       SELECT partition, groupArray((at, lacking)) AS holes FROM (
         SELECT partition, offset AS at, 'erased' AS lacking FROM resonant.erasures WHERE table = 'log' AND topic = {topic:String}
         UNION ALL
         SELECT partition, first, 'lost' FROM resonant.lost_ranges WHERE topic = {topic:String}
       ) GROUP BY partition
     ) AS e ON e.partition = l.partition
     ORDER BY partition`,
    { params: { keyspace, topic: signalsTopic(keyspace) } },
  );
  return rows.map(({ first, last, lacking, ...rest }) => ({
    ...rest,
    lacks: lacking === '' ? null : lacking,
    span: { first, last },
  }));
}

/** Why proofs do not look behind `lastOffset`. */
export const endText = ({ lastOffset, lacks }: Pick<StoredLog, 'lastOffset' | 'lacks'>): string => {
  switch (lacks) {
    case 'erased':
      return `a person's record was erased behind the offset ${lastOffset}`;
    case 'lost':
      return `records behind the offset ${lastOffset} were lost and given up: resonant.lost_ranges`;
    case null:
      return `the stored log ends at the offset ${lastOffset}`;
  }
};

/** The rules put and deleted in each partition of a keyspace, in log order. */
export async function storedChanges(
  clickHouse: ClickHouse,
  keyspace: Keyspace,
): Promise<ReadonlyMap<number, readonly RuleChangeAt[]>> {
  const rows = await clickHouse.query<RuleChangeAt & { readonly partition: number }>(
    `SELECT c.partition AS partition, c.offset AS offset, action, rule_id AS ruleId, document, revision, t.time AS time
     FROM (SELECT * FROM resonant.rule_changes WHERE keyspace = {keyspace:String}) AS c
     ASOF LEFT JOIN (
       SELECT partition, offset, max(toUnixTimestamp64Milli(assumeNotNull(tick_at))) OVER (PARTITION BY partition ORDER BY offset) AS time
       FROM resonant.log WHERE keyspace = {keyspace:String} AND record_type = 'Tick'
     ) AS t ON t.partition = c.partition AND c.offset > t.offset
     ORDER BY partition, offset`,
    { params: { keyspace } },
  );
  const changes = new Map<number, RuleChangeAt[]>();
  for (const { partition, ...change } of rows) {
    const list = changes.get(partition) ?? [];
    changes.set(partition, list);
    list.push(change);
  }
  return changes;
}

/** A row of `alerts` and where the log decided it. */
export interface StoredAlert extends StoredTransition {
  readonly keyspace: string;
  readonly logPartition: number;
  /** Subject in the order of the rule, title and values in their order, as the alert's line has them. */
  readonly fields: Readonly<Record<string, string>>;
  readonly severity: string;
  readonly title: Readonly<Record<string, string>>;
  readonly partitionKey: string;
  readonly isLate: boolean;
  /** Place in the alerts topic. */
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: number };
}

interface AlertRow {
  readonly alert_id: string;
  readonly seq: number;
  readonly rule_id: string;
  readonly rule_version: number;
  readonly subject: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly transition: string;
  readonly state: string;
  readonly at_ms: number;
  readonly decided_ms: number;
  readonly opened_ms: number;
  readonly numbers: readonly (readonly [string, number])[];
  readonly items: readonly (readonly [number, string, string, string])[];
  readonly is_late: number;
  readonly is_shadow: number;
  readonly keyspace: string;
  readonly log_partition: number;
  readonly tick_offset: number;
  readonly severity: string;
  readonly titles: readonly (readonly [string, string])[];
  readonly partition_key: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Every stored transition of a keyspace's alerts, by partition of the log, as they were decided. */
export async function* storedAlerts(
  clickHouse: ClickHouse,
  keyspace: Keyspace,
  rules: readonly string[] | null = null,
): AsyncGenerator<StoredAlert> {
  const some = rules === null ? '' : 'AND rule_id IN {rules:Array(String)}';
  const rows = clickHouse.stream<AlertRow>(
    `${alertColumns} WHERE keyspace = {keyspace:String} ${some} ORDER BY log_partition, tick_offset, topic, partition, offset`,
    { params: { keyspace, ...(rules === null ? {} : { rules: [...rules] }) } },
  );
  for await (const row of rows) yield alertOf(row);
}

/** The transitions of one alert in their order; none if there is no such alert. */
export async function storedAlert(clickHouse: ClickHouse, alertId: string): Promise<readonly StoredAlert[]> {
  const rows = await clickHouse.query<AlertRow>(`${alertColumns} WHERE alert_id = {alertId:String} ORDER BY seq`, {
    params: { alertId },
  });
  return rows.map(alertOf);
}

const alertColumns = `SELECT keyspace, alert_id, seq, rule_id, rule_version, subject, transition, state, is_late, is_shadow, log_partition, tick_offset,
       CAST(arrayZip(mapKeys(subject_fields), mapValues(subject_fields)), 'Array(Tuple(String, String))') AS fields,
       toUnixTimestamp64Milli(at) AS at_ms, toUnixTimestamp64Milli(decided_at) AS decided_ms, toUnixTimestamp64Milli(opened_at) AS opened_ms,
       CAST(arrayZip(mapKeys(values), mapValues(values)), 'Array(Tuple(String, Float64))') AS numbers,
       CAST(arrayMap(each -> (toUnixTimestamp64Milli(each.occurred_at), each.signal_id, each.event_id, each.role), evidence), 'Array(Tuple(Int64, String, String, String))') AS items,
       severity, CAST(arrayZip(mapKeys(title), mapValues(title)), 'Array(Tuple(String, String))') AS titles, partition_key, topic, partition, offset
FROM resonant.alerts`;

const alertOf = (row: AlertRow): StoredAlert => ({
  keyspace: row.keyspace,
  alertId: row.alert_id,
  seq: row.seq,
  ruleId: row.rule_id,
  ruleVersion: row.rule_version,
  subject: row.subject,
  fields: Object.fromEntries(row.fields),
  transition: row.transition,
  state: row.state,
  at: row.at_ms,
  decidedAt: row.decided_ms,
  openedAt: row.opened_ms,
  values: Object.fromEntries(row.numbers),
  evidence: row.items.map(
    ([occurredAt, signalId, eventId, role]): Evidence => ({ occurredAt, signalId, eventId, role }),
  ),
  isLate: row.is_late === 1,
  isShadow: row.is_shadow === 1,
  tickOffset: row.tick_offset,
  logPartition: row.log_partition,
  severity: row.severity,
  title: Object.fromEntries(row.titles),
  partitionKey: row.partition_key,
  origin: { topic: row.topic, partition: row.partition, offset: row.offset },
});

/** The document of a rule's version as the logs put it, or of the last put; null if history has none. */
export async function storedRule(clickHouse: ClickHouse, ruleId: string, version: number | null): Promise<unknown> {
  const some = version === null ? '' : "AND JSONExtractUInt(document, 'version') = {version:UInt32}";
  const [row] = await clickHouse.query<{ readonly document: string }>(
    `SELECT document FROM resonant.rule_changes WHERE rule_id = {ruleId:String} AND action = 'put' ${some} ORDER BY revision DESC LIMIT 1`,
    { params: { ruleId, ...(version === null ? {} : { version }) } },
  );
  return row === undefined ? null : (JSON.parse(row.document) as unknown);
}

/** The ids of the rules that these keyspaces have known: put in a stored log, or named by a stored alert. In their order. */
export async function storedRuleIds(
  clickHouse: ClickHouse,
  keyspaces: readonly Keyspace[],
): Promise<readonly string[]> {
  const rows = await clickHouse.query<{ readonly id: string }>(
    `SELECT DISTINCT rule_id AS id FROM (
       SELECT rule_id, keyspace FROM resonant.rule_changes UNION ALL SELECT rule_id, keyspace FROM resonant.alerts
     ) WHERE keyspace IN {keyspaces:Array(String)} ORDER BY id`,
    { params: { keyspaces: [...keyspaces] } },
  );
  return rows.map(({ id }) => id);
}
