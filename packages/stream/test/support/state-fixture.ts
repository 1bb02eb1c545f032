import { readFileSync } from 'node:fs';
import { type RecordName, signalsTopic, stateTopic } from '@resonant/contracts';
import { Engine, formatOutput, type LogEntry, parseLine } from '@resonant/engine';
import { encoderFor, type Log, type NewRecord } from '@resonant/kafka';
import { compileRule } from '@resonant/rules';

/** A snapshot as a release wrote it, with the log that it was taken of. */
export interface StateFixture {
  /** Version of the parts' format. */
  readonly version: number;
  /** `schemas/released/<record>/<number>.avsc` that each record was written under. */
  readonly schemas: Readonly<Record<string, number>>;
  /** The partition of the state topic; `avro` is base64 without the wire format's header. */
  readonly records: readonly { readonly key: string; readonly record: RecordName; readonly avro: string }[];
  /** Lines of rules.md section 1; offset = index. */
  readonly log: readonly string[];
  /** Source offset of the snapshot. */
  readonly offset: number;
  /** What the rest of the log leads to, as `resonant replay` prints it. */
  readonly outputs: readonly string[];
}

/** The keyspace that a fixture is played in; its rules are of all. */
export const keyspace = 'team';

/** The schema that a fixture's record was written under. */
export const releasedSchema = (record: string, number: number): object =>
  JSON.parse(
    readFileSync(new URL(`../../../../schemas/released/${record}/${number}.avsc`, import.meta.url), 'utf8'),
  ) as object;

export const entriesOf = (lines: readonly string[]): readonly LogEntry[] =>
  lines.map((line, index) => parseLine(line, index + 1));

export const newEngine = (): Engine => new Engine({ compile: compileRule });

/** What an engine says to entries, as lines. */
export const saidTo = (engine: Engine, entries: readonly LogEntry[]): readonly string[] =>
  entries.flatMap((entry) => engine.apply(entry)).map(formatOutput);

/** Appends entries to partition 0 of a signals topic. */
export async function appendEntries(log: Log, entries: readonly LogEntry[]): Promise<void> {
  const topic = signalsTopic(keyspace);
  const signal = await encoderFor(log, topic, 'Signal');
  const tick = await encoderFor(log, topic, 'Tick');
  const change = await encoderFor(log, topic, 'RuleChange');
  const encoded = (entry: LogEntry): Buffer => {
    if (entry.type === 'signal') return signal(entry.signal);
    if (entry.type === 'tick') return tick({ at: entry.at });
    const { action, ruleId, document, revision } = entry;
    return change({
      action,
      ruleId,
      document: document === null ? null : JSON.stringify(document),
      revision: revision ?? 0,
    });
  };
  const producer = await log.producer();
  await producer.sendAll(entries.map((entry) => ({ topic, partition: 0, key: 'key', value: encoded(entry) })));
  await producer.close();
}

/** Puts a fixture's records into the state topic of a log, under the schemas that they were written with. */
export async function putState(log: Log, { schemas, records }: StateFixture): Promise<void> {
  const topic = stateTopic(keyspace);
  const ids = new Map<string, number>();
  for (const [record, number] of Object.entries(schemas)) {
    ids.set(record, await log.registry.register(`${topic}-resonant.v1.${record}`, releasedSchema(record, number)));
  }
  const producer = await log.producer();
  await producer.sendAll(
    records.map(({ key, record, avro }): NewRecord => {
      const header = Buffer.alloc(5);
      header.writeUInt32BE(ids.get(record) ?? 0, 1);
      return { topic, partition: 0, key, value: Buffer.concat([header, Buffer.from(avro, 'base64')]) };
    }),
  );
  await producer.close();
}
