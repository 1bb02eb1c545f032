import { type Decoded, keyspaces, type Records, signalsTopic } from '@resonant/contracts';
import { finite, instant, named, oneOf, refuse } from './checks.ts';
import { earliest, latest } from './column-types.ts';
import type { RecordRow } from './intake-columns.ts';
import type { Coordinates, KafkaRecord } from './record.ts';

type Row = RecordRow<'intake_signals'>;

/** What the columns of a signals record hold where it is something else. */
const nothing = {
  is_row: 0,
  record_type: '',
  tick_at: null,
  kind: '',
  account_id: '',
  contact_id: '',
  rep_id: '',
  team_id: '',
  region_id: '',
  lead_id: '',
  opportunity_id: '',
  occurred_at: 0,
  channel: '',
  signal_id: '',
  event_id: '',
  measures: {},
  labels: {},
  empty_fields: [],
  rule_id: '',
  action: '',
  revision: 0,
  document: '',
} as const;

/**
 * A record of a signals topic as bytes: the row of `log` that every record has, whatever it holds. A timestamp outside of
 * 1970 to 2199, which no broker stamps, becomes the nearest that a column holds.
 */
export function logRow(record: KafkaRecord, coordinates: Coordinates): Row {
  return {
    ...nothing,
    ...coordinates,
    appended_at: Math.min(Math.max(coordinates.appended_at, earliest), latest),
    keyspace: keyspaces.find((keyspace) => signalsTopic(keyspace) === record.topic) ?? refuseTopic(record.topic),
    key: record.key,
    value: record.value,
    headers: record.headers,
  };
}

/** Columns of what the record holds, to be laid over its log row. Throws a ValueError for what no row can hold. */
export function signalColumns(decoded: Decoded): Partial<Row> {
  switch (decoded.type) {
    case 'Signal':
      return { is_row: 1, record_type: 'Signal', ...columnsOf(decoded.value) };
    case 'Tick':
      return { is_row: 1, record_type: 'Tick', tick_at: instant('at', decoded.value.at) };
    case 'RuleChange': {
      const { ruleId, action, revision, document } = decoded.value;
      return {
        is_row: 1,
        record_type: 'RuleChange',
        rule_id: named('ruleId', ruleId),
        action: oneOf('action', ['put', 'delete'], action),
        revision: revision >= 0 ? revision : refuse('revision', 'an offset', revision),
        document: document ?? '',
      };
    }
    default:
      return refuse('record', 'Signal, Tick or RuleChange', decoded.type);
  }
}

const texts = {
  account_id: 'accountId',
  contact_id: 'contactId',
  rep_id: 'repId',
  team_id: 'teamId',
  region_id: 'regionId',
  lead_id: 'leadId',
  opportunity_id: 'opportunityId',
  channel: 'channel',
  event_id: 'eventId',
} as const satisfies Readonly<Record<string, keyof Records['Signal']>>;

function columnsOf(signal: Records['Signal']): Partial<Row> {
  const columns = Object.entries(texts) as [keyof typeof texts, (typeof texts)[keyof typeof texts]][];
  return {
    kind: named('kind', signal.kind),
    signal_id: named('id', signal.id),
    occurred_at: instant('occurredAt', signal.occurredAt),
    measures: finite('measures', signal.measures),
    labels: signal.labels,
    ...Object.fromEntries(columns.map(([column, field]) => [column, signal[field] ?? ''])),
    empty_fields: columns.filter(([, field]) => signal[field] === '').map(([column]) => column),
  };
}

function refuseTopic(topic: string): never {
  throw new TypeError(`expected a signals topic, got ${topic}`);
}
