/** An instant of 2031-01-01 as ClickHouse reads it. */
export const at = (clock: string): string => `2031-01-01 ${clock}`;

/** A row of signals, with what a test does not say. */
export const signal = (fields: Readonly<Record<string, unknown>>) => ({
  keyspace: 'team',
  kind: 'sentiment',
  occurred_at: at('08:00:00.000'),
  signal_id: 's1',
  event_id: 'calls:1',
  partition: 0,
  offset: 1,
  appended_at: at('08:00:01.000'),
  ...fields,
});

const coordinates = { partition: 0, offset: 1, epoch: 0, appended_at: at('08:00:00.000'), schema_id: 1 };

/** A row of touchpoints. */
export const touchpoint = (fields: Readonly<Record<string, unknown>>) => ({
  ...coordinates,
  source: 'calls',
  id: '1',
  received_at: at('08:00:00.000'),
  channel: 'call',
  via: 'http',
  topic: 'resonant.touchpoints.calls.v1',
  ...fields,
});

/** A row of alerts. */
export const alert = (fields: Readonly<Record<string, unknown>>) => ({
  ...coordinates,
  rule_id: 'resonance',
  rule_version: 1,
  subject: '{}',
  seq: 1,
  transition: 'opened',
  state: 'resonating',
  at: at('08:00:00.000'),
  decided_at: at('16:00:00.000'),
  opened_at: at('08:00:00.000'),
  severity: 'high',
  keyspace: 'account',
  partition_key: 'x',
  log_partition: 1,
  tick_offset: 1000,
  topic: 'resonant.alerts.v1',
  ...fields,
});

/** A row of rules. */
export const rule = (rule_id: string, version: number, pattern: object) => ({
  ...{
    ...coordinates,
    rule_id,
    version,
    action: 'put',
    keyspace: 'team',
    document: JSON.stringify({ version, pattern }),
  },
  ...{ changed_at: at('07:00:00.000'), topic: 'resonant.rules.v1', offset: version },
});
