import {
  eventHeaders,
  type Records,
  type Source,
  sources,
  type Touchpoint,
  touchpointRecordOf,
  touchpointsTopic,
} from '@resonant/contracts';
import { encoderFor, type Log, type NewRecord } from '@resonant/kafka';
import { recordKeyOf } from './sources/record-key.ts';

/** Makes the record of a touchpoint for its source's topic. */
export type TouchpointRecords = (source: Source, touchpoint: Touchpoint, traceparent?: string) => NewRecord;

/** Registers the schemas of all sources. Rejects with `log-unavailable` if the registry is away. */
export async function touchpointRecords(log: Log): Promise<TouchpointRecords> {
  const encoders = new Map<Source, (touchpoint: Touchpoint) => Buffer>();
  for (const source of sources) encoders.set(source, await encoderOf(log, source));
  return (source, touchpoint, traceparent) => ({
    topic: touchpointsTopic(source),
    key: recordKeyOf(touchpoint),
    value: encoders.get(source)?.(touchpoint) ?? null,
    headers: eventHeaders({
      id: touchpoint.eventId,
      type: typeOf[source],
      source: '/services/ingest',
      time: touchpoint.occurredAt,
      traceparent,
    }),
  });
}

async function encoderOf(log: Log, source: Source): Promise<(touchpoint: Touchpoint) => Buffer> {
  const name = touchpointRecordOf(source);
  const encode = await encoderFor(log, touchpointsTopic(source), name);
  return (touchpoint) => encode(touchpoint as Records[typeof name] & never);
}

const typeOf: Readonly<Record<Source, string>> = {
  calls: 'call-touchpoint',
  emails: 'email-touchpoint',
  forum: 'forum-touchpoint',
  knowledge: 'knowledge-touchpoint',
  crm: 'crm-touchpoint',
};
