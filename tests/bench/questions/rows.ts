import type { ClickHouse } from '@resonant/clickhouse';

/** What is generated: thirty days up to the demo's, of forty teams with ten reps each and two thousand accounts. */
export const volume = {
  days: 30,
  touchpoints: 1_500_000,
  /** Each stands in three keyspaces. */
  signals: 2_000_000,
  leads: 100_000,
  /** A minute each, in twelve partitions of four keyspaces. */
  ticks: 30 * 1440 * 48,
  alerts: 150_000,
  ranges: 100_000,
  letters: 50_000,
} as const;

/** Start of the thirty days. */
export const firstDay = '2026-02-02';

const start = `toDateTime64('${firstDay} 00:00:00', 3, 'UTC')`;
const spanMs = volume.days * 86_400_000;
/** The instant of row `number` of so many, evenly over the days. */
const at = (rows: number, number = 'number'): string =>
  `${start} + toIntervalMillisecond(toInt64(${number} * ${Math.floor(spanMs / rows)}))`;
const hash = (salt: number): string => `cityHash64(number, ${salt})`;
const id = (salt: number): string => `lower(hex(sipHash128(number, ${salt})))`;
const coordinates = (rows: number, partition: string): string =>
  `toUInt16(${partition}) AS partition, toUInt64(number) AS offset, 0 AS epoch, ${at(rows)} AS appended_at, 1 AS schema_id`;

const rep = `concat('rep-', toString(${hash(1)} % 400))`;
const team = `concat('team-', toString(intDiv(${hash(1)} % 400, 10)))`;
const account = `concat('account-', toString(${hash(2)} % 2000))`;
const words = `arrayStringConcat(arrayMap(i -> ['renewal', 'contract', 'slow', 'price', 'thanks', 'outage', 'meeting', 'seat', 'offer', 'next'][1 + cityHash64(number, i) % 10], range(40)), ' ')`;

/** One statement a table; each fills it inside the engine. */
const statements: readonly (readonly [table: string, select: string])[] = [
  [
    'touchpoints',
    `SELECT ['calls', 'calls', 'calls', 'calls', 'emails', 'forum'][1 + ${hash(3)} % 6] AS source, '' AS account_id,
      concat(source, ':', toString(number)) AS event_id, toString(number) AS id, ${at(volume.touchpoints)} AS occurred_at,
      occurred_at + toIntervalSecond(60 + ${hash(4)} % 60) AS received_at, source AS channel, 'en' AS language, 'http' AS via,
      ${rep} AS rep_id, ${words} AS text, concat('resonant.touchpoints.', source, '.v1') AS topic,
      ${coordinates(volume.touchpoints, `${hash(2)} % 12`)} FROM numbers(${volume.touchpoints})`,
  ],
  [
    'signals',
    `SELECT arrayJoin(['account', 'team', 'region']) AS keyspace,
      ['sentiment', 'sentiment', 'intent', 'eligible-call', 'eligible-call', 'eligible-call', 'talk-track', 'talk-track', 'touch', 'kb-read'][1 + ${hash(5)} % 10] AS kind,
      ${account} AS account_id, ${rep} AS rep_id, ${team} AS team_id, concat('region-', toString(${hash(1)} % 4)) AS region_id,
      ${at(volume.signals)} AS occurred_at, 'calls' AS channel, ${id(6)} AS signal_id,
      concat('calls:', toString(intDiv(number * 3, 4))) AS event_id,
      map('polarity', (${hash(7)} % 2000) / 1000. - 1, 'activeSeconds', toFloat64(${hash(8)} % 600)) AS measures,
      map('track', 'new-policy', 'intent', 'technical-consultation', 'page', 'kb-new-policy', 'personalised', 'yes') AS labels,
      ${coordinates(volume.signals, "cityHash64(if(keyspace = 'account', account_id, team_id)) % 12")} FROM numbers(${volume.signals})`,
  ],
  [
    'signals',
    `SELECT 'lead' AS keyspace, arrayJoin(['lead-created', 'lead-response']) AS kind, ${rep} AS rep_id, ${team} AS team_id,
      concat('lead-', toString(number)) AS lead_id, map('by', 'human') AS labels,
      ${at(volume.leads)} + toIntervalSecond(if(kind = 'lead-created', 0, ${hash(9)} % 180)) AS occurred_at,
      concat(${id(10)}, kind) AS signal_id, ${coordinates(volume.leads, `${hash(11)} % 12`)} FROM numbers(${volume.leads})`,
  ],
  [
    'log',
    `SELECT ['account', 'team', 'region', 'lead'][1 + intDiv(number % 48, 12)] AS keyspace, 'Tick' AS record_type,
      ${at(volume.ticks)} AS tick_at, NULL AS key, 'tick' AS value, toUInt16(number % 12) AS partition,
      toUInt64(intDiv(number * ${volume.signals}, ${volume.ticks})) AS offset, 0 AS epoch, tick_at AS appended_at, 1 AS schema_id
      FROM numbers(${volume.ticks})`,
  ],
  [
    'alerts',
    `SELECT ['resonance', 'lead-response', 'rep-new-policy-usage'][1 + number % 3] AS rule_id, 1 AS rule_version,
      multiIf(number % 3 = 0, map('accountId', ${account}), number % 3 = 1, map('leadId', concat('lead-', toString(number))), map('repId', ${rep}, 'teamId', ${team})) AS subject_fields,
      toJSONString(subject_fields) AS subject, ${id(12)} AS alert_id, arrayJoin([1, 2]) AS seq,
      if(seq = 1, 'opened', if(number % 30 = 1, 'withdrawn', 'resolved')) AS transition, if(seq = 1, 'open', 'closed') AS state,
      ${at(volume.alerts)} AS opened_at, opened_at + toIntervalMinute((seq - 1) * 60) AS at, at + toIntervalSecond(2) AS decided_at,
      'high' AS severity, if(number % 3 = 2, map('heldMs', 7200000.), map('minutesBetween', 30.)) AS values,
      if(number % 3 = 2, [], [(concat('calls:', toString(number * 10)), 'none', opened_at, 'a'), (concat('forum:', toString(number * 10)), 'none', opened_at, 'stop')])::Array(Tuple(event_id String, signal_id String, occurred_at DateTime64(3, 'UTC'), role LowCardinality(String))) AS evidence,
      ['account', 'lead', 'team'][1 + number % 3] AS keyspace, ${account} AS partition_key, toUInt16(cityHash64(${team}) % 12) AS log_partition,
      toUInt64(intDiv(number * ${volume.signals}, ${volume.alerts})) AS tick_offset, 'resonant.alerts.v1' AS topic,
      ${coordinates(volume.alerts, 'number % 12')} FROM numbers(${volume.alerts})`,
  ],
  [
    'actions',
    `SELECT 'intervention' AS action, ${id(13)} AS action_id, ${id(12)} AS alert_id, 1 AS seq, 'rep-new-policy-usage' AS rule_id,
      1 AS rule_version, '{}' AS subject, map('repId', ${rep}) AS subject_fields, 'supervisor' AS to_role, ${at(volume.alerts)} AS at, at AS decided_at,
      at + toIntervalMinute(15) AS due_at, 'team' AS keyspace, ${team} AS partition_key, 0 AS log_partition, 0 AS tick_offset,
      'resonant.actions.v1' AS topic, ${coordinates(volume.alerts, 'number % 12')} FROM numbers(${volume.alerts})`,
  ],
  [
    'acknowledgements',
    `SELECT ${id(12)} AS alert_id, ${id(13)} AS action_id, 'key-1' AS acknowledged_by, 'team' AS keyspace, ${id(14)} AS signal_id,
      ${at(volume.alerts)} + toIntervalMinute(${hash(15)} % 30) AS occurred_at, ${coordinates(volume.alerts, 'number % 12')} FROM numbers(${volume.alerts})`,
  ],
  [
    'dead_letters',
    `SELECT ${id(16)} AS dead_letter_id, 'forum' AS source, toString(number) AS origin, 'malformed-body' AS reason, 'expected JSON' AS detail,
      ${at(volume.letters)} AS at, repeat('x', 200) AS payload, 'resonant.dead-letters.v1' AS topic, ${coordinates(volume.letters, 'number % 12')} FROM numbers(${volume.letters})`,
  ],
  [
    'ledger',
    `SELECT concat('resonant.touchpoints.', ['calls', 'emails', 'forum'][1 + number % 3], '.v1') AS topic, toUInt16(intDiv(number, 3) % 12) AS partition, 0 AS epoch,
      toUInt64(intDiv(number, 36) * 540) AS first, first + 539 AS last, 540 AS n_records, 540 AS n_rows, 0 AS n_rejected, '' AS token,
      ${at(volume.ranges)} AS stored_at FROM numbers(${volume.ranges})`,
  ],
  [
    'rules',
    `SELECT ['resonance', 'lead-response', 'rep-new-policy-usage'][1 + number] AS rule_id, 1 AS version, 'put' AS action, 'team' AS keyspace,
      ['{"version":1,"pattern":{"pair":{}}}', '{"version":1,"pattern":{"deadline":{}}}', '{"version":1,"pattern":{"ratio":{"window":"60m","numerator":{"when":"kind == \\'talk-track\\'"},"denominator":{"when":"kind == \\'eligible-call\\'"}}}}'][1 + number] AS document,
      ${start} AS changed_at, 'resonant.rules.v1' AS topic, ${coordinates(3, '0')} FROM numbers(3)`,
  ],
];

/** Fills the tables; `told` hears of each. Returns how many rows stand there. */
export async function generate(clickHouse: ClickHouse, told: (table: string) => void): Promise<number> {
  for (const [table, select] of statements) {
    told(table);
    const answer = await clickHouse.ask(`${select} LIMIT 0`);
    answer.close();
    const known = await clickHouse.query<{ name: string }>(
      "SELECT name FROM system.columns WHERE database = 'resonant' AND table = {table:String}",
      { params: { table } },
    );
    const names = answer.columns.map(({ name }) => name).filter((name) => known.some((column) => column.name === name));
    await clickHouse.command(
      `INSERT INTO resonant.${table} (${names.join(', ')}) SELECT ${names.join(', ')} FROM (${select})`,
      { settings: { max_partitions_per_insert_block: 1000 } },
    );
  }
  const [count] = await clickHouse.query<{ n: number }>(
    "SELECT toUInt32(sum(rows)) AS n FROM system.parts WHERE active AND database = 'resonant'",
  );
  return count?.n ?? 0;
}
