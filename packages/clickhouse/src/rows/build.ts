import {
  actionsTopic,
  alertsTopic,
  type Decoded,
  deadLettersTopic,
  deliveriesTopic,
  directoryTopic,
  type ErrorCode,
  isResonantError,
  keyspaces,
  type RecordName,
  type Records,
  rulesTopic,
  schemaIdOf,
  signalsTopic,
  sources,
  touchpointRecordOf,
  touchpointsTopic,
  vocabularyTopic,
} from '@resonant/contracts';
import { actionRow, alertRow, deliveryRow } from './alerts.ts';
import { instant, refuse } from './checks.ts';
import { ValueError } from './column-types.ts';
import { deadLetterRow, letterAbout } from './dead-letters.ts';
import { type IntakeEncoder, intakeEncoder } from './insert-body.ts';
import type { IntakeTable, RecordRow } from './intake-columns.ts';
import type { Coordinates, Decode, KafkaRecord } from './record.ts';
import { directoryRow, ruleRow, vocabularyRow } from './reference.ts';
import { logRow, signalColumns } from './signals.ts';
import { type NamedTouchpoint, touchpointRow } from './touchpoints.ts';

/** Why a record is no row: what goes into its dead letter. */
export interface Rejection {
  readonly reason: ErrorCode;
  /** What was expected and what came. */
  readonly detail: string;
}

/** What a record became: a row, a dead letter, or for signals topics both, since `log` takes every record as bytes. */
export interface BuiltRow<T extends IntakeTable = IntakeTable> {
  readonly row: RecordRow<T> | undefined;
  /** The row as `IntakeEncoder.body` takes it; undefined where there is no row. */
  readonly bytes: Buffer | undefined;
  readonly rejection: Rejection | undefined;
}

/** How the records of a topic become rows of its intake table. */
export interface TopicRows<T extends IntakeTable = IntakeTable> {
  readonly table: T;
  /**
   * A pure function of the record. Throws what `decode` throws about the moment or the release (`unknown-record-type`,
   * a schema that was not prepared); what the record itself is guilty of is a rejection.
   */
  build(record: KafkaRecord, decode: Decode, epoch: number): BuiltRow<T>;
}

/** The rows of a topic; undefined for a topic that history does not keep. */
export const rowsOf = (topic: string): TopicRows | undefined => builders.get(topic);

type Make<T extends IntakeTable> = (
  decoded: Decoded | null,
  record: KafkaRecord,
  coordinates: Coordinates,
) => RecordRow<T>;

/** Rows for a topic in which a record that is no row is rejected and nothing else. */
const plain = <T extends IntakeTable>(table: T, make: Make<T>): TopicRows<T> => ({
  table,
  build: (record, decode, epoch) => {
    const made = attempt(() => {
      instant('timestamp', record.timestamp);
      const decoded = record.value === null ? null : decode(record.value);
      return encoded(table, make(decoded, record, coordinatesOf(record, epoch)));
    });
    return 'rejection' in made
      ? { row: undefined, bytes: undefined, rejection: made.rejection }
      : { ...made.value, rejection: undefined };
  },
});

/** Rows of a topic whose records all have one type. */
const only = <N extends RecordName, T extends IntakeTable>(
  name: N,
  table: T,
  make: (value: Records[N], coordinates: Coordinates) => RecordRow<T>,
): TopicRows<T> =>
  plain(table, (decoded, _record, coordinates) =>
    decoded?.type === name
      ? make(decoded.value as unknown as Records[N], coordinates)
      : refuse('record', name, decoded?.type ?? 'a tombstone'),
  );

const signals: TopicRows<'intake_signals'> = {
  table: 'intake_signals',
  build: (record, decode, epoch) => {
    const row = logRow(record, coordinatesOf(record, epoch));
    const made = attempt(() => {
      const { value } = record;
      const columns = value === null ? refuse('value', 'a record', 'a tombstone') : signalColumns(decode(value));
      return encoded('intake_signals', { ...row, ...columns });
    });
    return 'rejection' in made
      ? { ...encoded('intake_signals', row), rejection: made.rejection }
      : { ...made.value, rejection: undefined };
  },
};

const deadLetters: TopicRows<'intake_dead_letters'> = {
  table: 'intake_dead_letters',
  build: (record, decode, epoch) => {
    const coordinates = coordinatesOf(record, epoch);
    const made = attempt(() => {
      instant('timestamp', record.timestamp);
      const decoded = record.value === null ? refuse('value', 'a record', 'a tombstone') : decode(record.value);
      const row = deadLetterRow(decoded, coordinates);
      return encoded('intake_dead_letters', row ?? refuse('record', 'DeadLetter or DeadLetterOutcome', decoded.type));
    });
    if (!('rejection' in made)) return { ...made.value, rejection: undefined };
    const { reason, detail } = made.rejection;
    return {
      ...encoded('intake_dead_letters', letterAbout(record, reason, detail, coordinates)),
      rejection: undefined,
    };
  },
};

const encoders = new Map<IntakeTable, IntakeEncoder<IntakeTable>>();

/** A row with its bytes: whether a column holds a value is known only when it is written. */
function encoded<T extends IntakeTable>(
  table: T,
  row: RecordRow<T>,
): { readonly row: RecordRow<T>; readonly bytes: Buffer } {
  let encoder = encoders.get(table);
  if (encoder === undefined) {
    encoder = intakeEncoder(table);
    encoders.set(table, encoder);
  }
  return { row, bytes: encoder.encodeRow(row) };
}

const builders: ReadonlyMap<string, TopicRows> = new Map<string, TopicRows>([
  ...sources.map((source): [string, TopicRows] => {
    const name = touchpointRecordOf(source);
    const rows = plain('intake_touchpoints', (decoded, _record, coordinates) =>
      decoded?.type === name
        ? touchpointRow(decoded as NamedTouchpoint, coordinates)
        : refuse('record', name, decoded?.type ?? 'a tombstone'),
    );
    return [touchpointsTopic(source), rows];
  }),
  ...keyspaces.map((keyspace): [string, TopicRows] => [signalsTopic(keyspace), signals]),
  [alertsTopic, only('Alert', 'intake_alerts', alertRow)],
  [actionsTopic, only('Action', 'intake_actions', actionRow)],
  [deliveriesTopic, only('Delivery', 'intake_deliveries', deliveryRow)],
  [rulesTopic, plain('intake_rules', ruleRow)],
  [directoryTopic, plain('intake_directory', directoryRow)],
  [vocabularyTopic, plain('intake_vocabulary', vocabularyRow)],
  [deadLettersTopic, deadLetters],
]);

/** Topics that history keeps. */
export const keptTopics: readonly string[] = [...builders.keys()];

const coordinatesOf = (record: KafkaRecord, epoch: number): Coordinates => ({
  topic: record.topic,
  partition: record.partition,
  offset: record.offset,
  epoch,
  appended_at: record.timestamp,
  schema_id: record.value === null ? 0 : (schemaIdOf(record.value) ?? 0) >>> 0,
});

function attempt<V>(make: () => V): { readonly value: V } | { readonly rejection: Rejection } {
  try {
    return { value: make() };
  } catch (error) {
    if (error instanceof ValueError) return { rejection: { reason: 'unstorable-record', detail: error.message } };
    if (isResonantError(error, 'undecodable-record')) {
      return { rejection: { reason: error.code, detail: error.message } };
    }
    throw error;
  }
}
