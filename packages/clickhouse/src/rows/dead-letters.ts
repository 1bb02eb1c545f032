import { createHash } from 'node:crypto';
import type { Decoded } from '@resonant/contracts';
import { instant, named, oneOf } from './checks.ts';
import { earliest, latest } from './column-types.ts';
import type { RecordRow } from './intake-columns.ts';
import type { Coordinates, KafkaRecord } from './record.ts';

type Row = RecordRow<'intake_dead_letters'>;

const nothing = {
  source: '',
  origin: '',
  reason: '',
  detail: '',
  media_type: '',
  key: null,
  headers: {},
  payload: '',
  outcome: '',
  decided_by: '',
  note: '',
  replayed_to: '',
} as const;

/** The row of a dead letter or of a decision about one. Throws a ValueError for what no row can hold. */
export function deadLetterRow(decoded: Decoded, coordinates: Coordinates): Row | undefined {
  if (decoded.type === 'DeadLetter') {
    const letter = decoded.value;
    return {
      ...nothing,
      record_type: 'DeadLetter',
      dead_letter_id: named('deadLetterId', letter.deadLetterId),
      source: letter.source,
      origin: named('origin', letter.origin),
      reason: named('reason', letter.reason),
      detail: letter.detail,
      at: instant('at', letter.at),
      media_type: letter.mediaType,
      key: letter.key,
      headers: letter.headers,
      payload: letter.payload,
      ...coordinates,
    };
  }
  if (decoded.type !== 'DeadLetterOutcome') return undefined;
  const { deadLetterId, outcome, at, by, note, topic } = decoded.value;
  return {
    ...nothing,
    record_type: 'DeadLetterOutcome',
    dead_letter_id: named('deadLetterId', deadLetterId),
    outcome: oneOf('outcome', ['replayed', 'discarded'], outcome),
    at: instant('at', at),
    decided_by: by,
    note,
    replayed_to: topic ?? '',
    ...coordinates,
  };
}

/**
 * A record of the dead letters' own topic that is not readable becomes a letter about itself, with its bytes: there is no
 * further place to put it. Its id is made as every letter's is, from origin and bytes.
 */
export function letterAbout(record: KafkaRecord, reason: string, detail: string, coordinates: Coordinates): Row {
  const origin = `${record.topic}/${record.partition}/${record.offset}`;
  const payload = record.value ?? new Uint8Array();
  const appended_at = Math.min(Math.max(coordinates.appended_at, earliest), latest);
  return {
    ...nothing,
    record_type: 'DeadLetter',
    dead_letter_id: createHash('sha256').update(origin).update('\0').update(payload).digest('hex').slice(0, 32),
    source: 'history',
    origin,
    reason,
    detail,
    at: appended_at,
    media_type: 'application/octet-stream',
    key: record.key,
    headers: record.headers,
    payload,
    ...coordinates,
    appended_at,
  };
}
