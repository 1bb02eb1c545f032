import { keyspaces, signalsTopic } from '@resonant/contracts';
import { textLiteral } from './client/settings.ts';
import { type HashedTable, hashedTables } from './migrations/hash-forms.ts';
import { type EngineFamily, renderStatement } from './migrations/render.ts';
import { intakeTargets } from './writer/intake-targets.ts';
import type { Span, StreamName } from './writer/range.ts';

/** Where a row stands in the log. */
export interface Place extends StreamName {
  readonly epoch: number;
  readonly offset: number;
}

/** Tables of the signals topics name the keyspace; their topic is an alias, which a mutation cannot read. */
const byKeyspace: ReadonlySet<string> = new Set(intakeTargets.intake_signals);

/** Condition on the rows of a span of one stream; bound to `spanParams`. */
export const isInSpan = (table: string): string =>
  `${byKeyspace.has(table) ? 'keyspace = {keyspace:String}' : 'topic = {topic:String}'} AND partition = {partition:UInt16}
    AND epoch = {epoch:UInt32} AND offset BETWEEN {first:UInt64} AND {last:UInt64}`;

/** Condition on the row that the ledger has of a range; bound to `spanParams`. */
export const isRange = `topic = {topic:String} AND partition = {partition:UInt16} AND epoch = {epoch:UInt32}
    AND first = {first:UInt64} AND last = {last:UInt64}`;

export const spanParams = ({ topic, partition }: StreamName, epoch: number, { first, last }: Span) => ({
  topic,
  keyspace: keyspaces.find((name) => signalsTopic(name) === topic) ?? '',
  partition,
  epoch,
  first,
  last,
});

/** Places in one statement at most: its text has to stay below 256 KiB, what an engine reads by default. */
export const placesAtOnce = 1000;

function isAt(table: string, places: readonly Place[]): string {
  const topic = byKeyspace.has(table) ? "'resonant.signals.', keyspace, '.v1'" : 'topic';
  const offsets = [...new Set(places.map(({ offset }) => offset))];
  const names = places.map((place) => textLiteral(`${place.topic}/${place.partition}/${place.epoch}/${place.offset}`));
  return `offset IN (${offsets.join(', ')})
    AND concat(${topic}, '/', toString(partition), '/', toString(epoch), '/', toString(offset)) IN (${names.join(', ')})`;
}

/**
 * Statements that remove rows of a table, for the family's engine: in a cluster the rows stand in the local tables of
 * every shard, and the table over them takes no mutation. They name what goes by value alone, so that every replica
 * removes the same. They are through when they return.
 */
export const removal = {
  /**
   * The rows of a span of one stream that stand in some parts, by the names that `_part` gives; bound to `spanParams`.
   * A part never changes under its name, so whatever is inserted after the parts were read stays.
   */
  span: (table: HashedTable, parts: readonly string[], family: EngineFamily): string =>
    removeWhere(table, `${isInSpan(table)}\n    AND _part IN (${parts.map(textLiteral).join(', ')})`, family),
  /** The row of a range in the ledger, of some parts; bound to `spanParams`. */
  range: (parts: readonly string[], family: EngineFamily): string =>
    removeWhere('ledger', `${isRange}\n    AND _part IN (${parts.map(textLiteral).join(', ')})`, family),
  /** The rows at some places, `placesAtOnce` of them at most. */
  places: (table: HashedTable, places: readonly Place[], family: EngineFamily): string =>
    removeWhere(table, isAt(table, places), family),
  /** All rows. */
  all: (table: string, family: EngineFamily): string =>
    rendered(`TRUNCATE TABLE {{local ${table}}}{{on_cluster}}`, family),
} as const;

const removeWhere = (table: HashedTable | 'ledger', condition: string, family: EngineFamily): string =>
  rendered(
    `ALTER TABLE {{local ${table}}}{{on_cluster}} DELETE WHERE ${condition} SETTINGS mutations_sync = 2`,
    family,
  );

const rendered = (text: string, family: EngineFamily): string => renderStatement(text, family) as string;

/** All of them for a family, with a place and a part as examples, as one text; what is stored in `golden/`. */
export function removalsText(family: EngineFamily): string {
  const place: Place = { topic: signalsTopic('account'), partition: 3, epoch: 0, offset: 12_001 };
  const statements = hashedTables.flatMap((table) => [
    removal.span(table, ['202603_17_21_1'], family),
    removal.places(table, [place], family),
    removal.all(table, family),
  ]);
  statements.push(removal.range(['all_17_21_1'], family));
  return statements.map((statement) => `${statement};\n`).join('\n');
}
