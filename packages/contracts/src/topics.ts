import type { Records } from './generated/records.ts';
import { type Keyspace, keyspaces, type Source, sources } from './keyspaces.ts';

const day = 24 * 3600 * 1000;

/** What a topic is: name, what its values are, how long they are kept. */
export interface Topic {
  readonly name: string;
  /** Avro records that may stand in it; empty = JSON of upstream systems. */
  readonly records: readonly (keyof Records)[];
  /** `delete` after `retentionMs`, or `compact`. */
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs?: number;
  /** Broker append time instead of the producer's: the signals topics, whose stamps correct the owner's clock. */
  readonly stamps?: 'append';
  /** Small segments, so that compaction runs soon and a restore reads little. */
  readonly segmentBytes?: number;
}

const touchpointRecord = {
  calls: 'CallTouchpoint',
  emails: 'EmailTouchpoint',
  forum: 'ForumTouchpoint',
  knowledge: 'KnowledgeTouchpoint',
  crm: 'CrmTouchpoint',
} as const satisfies Record<Source, keyof Records>;

export type TouchpointOf<S extends Source> = Records[(typeof touchpointRecord)[S]];

/** Any normalised touchpoint. */
export type Touchpoint = TouchpointOf<Source>;

/** Avro record name of a source's touchpoints. */
export const touchpointRecordOf = <S extends Source>(source: S): (typeof touchpointRecord)[S] =>
  touchpointRecord[source];

export const touchpointsTopic = (source: Source): string => `resonant.touchpoints.${source}.v1`;
export const inboundTopic = (source: Source): string => `resonant.inbound.${source}.v1`;
export const signalsTopic = (keyspace: Keyspace): string => `resonant.signals.${keyspace}.v1`;
export const stateTopic = (keyspace: Keyspace): string => `resonant.state.${keyspace}.v1`;

export const alertsTopic = 'resonant.alerts.v1';
export const actionsTopic = 'resonant.actions.v1';
export const deliveriesTopic = 'resonant.deliveries.v1';
export const rulesTopic = 'resonant.rules.v1';
export const directoryTopic = 'resonant.directory.v1';
export const vocabularyTopic = 'resonant.vocabulary.v1';
export const positionsTopic = 'resonant.positions.v1';
export const sealsTopic = 'resonant.seals.v1';
export const erasuresTopic = 'resonant.erasures.v1';
export const keysTopic = 'resonant.keys.v1';
export const deadLettersTopic = 'resonant.dead-letters.v1';

const kept = (name: string, days: number, records: Topic['records']): Topic => ({
  name,
  records,
  cleanup: 'delete',
  retentionMs: days * day,
});
const compacted = (name: string, records: Topic['records']): Topic => ({ name, records, cleanup: 'compact' });

/** Every topic of the product (architecture.md, "Topics"). */
export const topics: readonly Topic[] = [
  ...sources.map((source) => kept(touchpointsTopic(source), 14, [touchpointRecord[source]])),
  ...sources.map((source) => kept(inboundTopic(source), 14, [])),
  ...keyspaces.map(
    (keyspace): Topic => ({ ...kept(signalsTopic(keyspace), 45, ['Signal', 'Tick', 'RuleChange']), stamps: 'append' }),
  ),
  ...keyspaces.map(
    (keyspace): Topic => ({ ...compacted(stateTopic(keyspace), ['StatePart', 'Snapshot']), segmentBytes: 16 << 20 }),
  ),
  kept(alertsTopic, 365, ['Alert']),
  kept(actionsTopic, 365, ['Action']),
  kept(deliveriesTopic, 365, ['Delivery']),
  compacted(rulesTopic, ['Rule']),
  compacted(directoryTopic, ['Account', 'Contact', 'Rep', 'Team', 'Region']),
  compacted(vocabularyTopic, ['TalkTrack', 'GlossaryEntry']),
  { ...compacted(positionsTopic, ['Position']), segmentBytes: 16 << 20 },
  compacted(sealsTopic, ['Seal']),
  compacted(erasuresTopic, ['Erasure']),
  compacted(keysTopic, ['ApiKey']),
  kept(deadLettersTopic, 90, ['DeadLetter', 'DeadLetterOutcome']),
];

/** Partitions per topic: 12 in production, 4 on one machine; fixed once topics exist. */
export const defaultPartitions = { production: 12, local: 4 } as const;

/** Subject of a record in the schema registry (TopicRecordNameStrategy). */
export const subjectOf = (topic: string, record: keyof Records): string => `${topic}-resonant.v1.${record}`;
