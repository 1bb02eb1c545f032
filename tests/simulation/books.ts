import {
  type Action,
  type Alert,
  actionsTopic,
  alertsTopic,
  deadLettersTopic,
  directoryTopic,
  type Keyspace,
  keyspaces,
  ResonantError,
  rulesTopic,
  type Signal,
  signalsTopic,
  sources,
  touchpointsTopic,
  vocabularyTopic,
} from '@resonant/contracts';
import { formatOutput } from '@resonant/engine';
import { decoderFor, type Log, type LogRecord } from '@resonant/kafka';
import { actionLineOf, alertLineOf, logEntryOf } from '@resonant/stream';
import { deriveSignals } from '../../services/signals/src/derivation.ts';
import { Directory } from '../../services/signals/src/directory.ts';
import { destinationsOf } from '../../services/signals/src/routing.ts';
import { Vocabulary } from '../../services/signals/src/vocabulary.ts';
import { engineOf, wordAnalyzer } from './services.ts';

/** What a run has to answer for. */
export interface Books {
  /** What is wrong, in words; empty = nothing. */
  readonly problems: readonly string[];
  /** Alerts by transition. */
  readonly transitions: Readonly<Record<string, number>>;
  readonly alerts: number;
  readonly actions: number;
  readonly signals: number;
}

/** Everything that a `read_committed` reader sees in a topic, in order per partition. */
async function recordsOf(log: Log, topic: string): Promise<readonly LogRecord[]> {
  const found: LogRecord[] = [];
  const onRecords = (_: number, records: readonly LogRecord[]): void => void found.push(...records);
  const follower = await log.follow({ topic, onRecords });
  await follower.caughtUp;
  await follower.stop();
  return found;
}

/**
 * Compares what stands in the log with what has to: alerts and actions with one undisturbed replay of each partition,
 * signals with those of the touchpoints, touchpoints with what was acknowledged.
 */
export async function audit(log: Log, ruled: readonly Keyspace[], acknowledged: ReadonlySet<string>): Promise<Books> {
  const problems: string[] = [];
  const decoder = decoderFor(log);
  const read = async (topic: string) => {
    const records = await recordsOf(log, topic);
    await decoder.prepare(records.map(({ value }) => value));
    return records.map((record) => ({ record, decoded: decoder.decode(record.value as Buffer) }));
  };

  const alerts = (await read(alertsTopic)).map(({ decoded }) => decoded.value as Alert);
  const actions = (await read(actionsTopic)).map(({ decoded }) => decoded.value as Action);
  const rules = await read(rulesTopic);
  const standing: Placed[] = [];
  for (const keyspace of keyspaces) {
    const records = await recordsOf(log, signalsTopic(keyspace));
    await decoder.prepare(records.map(({ value }) => value));
    const partitions = Map.groupBy(records, ({ partition }) => partition);
    for (const [partition, own] of partitions) {
      const engine = engineOf();
      const lines = { alert: [] as string[], action: [] as string[] };
      const revisions = new Map<string, number>();
      for (const record of own) {
        const entry = logEntryOf(record, decoder);
        if (entry instanceof ResonantError) {
          problems.push(`${record.topic}/${partition}/${record.offset}: ${entry.message}`);
          continue;
        }
        if (entry.type === 'signal') standing.push({ keyspace, signal: entry.signal });
        if (entry.type === 'rule') revisions.set(entry.ruleId, entry.revision ?? -1);
        for (const output of engine.apply(entry)) lines[output.type].push(formatOutput(output));
      }
      const isHere = (output: Alert | Action) => output.keyspace === keyspace && output.partition === partition;
      const where = `${keyspace}/${partition}`;
      problems.push(...differences(`alerts of ${where}`, alerts.filter(isHere).map(alertLineOf), lines.alert));
      problems.push(...differences(`actions of ${where}`, actions.filter(isHere).map(actionLineOf), lines.action));
      if (ruled.includes(keyspace)) {
        for (const { record, decoded } of rules) {
          const { ruleId, keyspace: of } = decoded.value as { ruleId: string; keyspace: string | null };
          if (of === keyspace && (revisions.get(ruleId) ?? -1) < record.offset) {
            problems.push(`${where} lacks revision ${record.offset} of ${ruleId}`);
          }
        }
      }
    }
  }

  const directory = new Directory();
  const vocabulary = new Vocabulary();
  for (const { record, decoded } of await read(directoryTopic)) directory.put(String(record.key), decoded);
  for (const { record, decoded } of await read(vocabularyTopic)) vocabulary.put(String(record.key), decoded);
  const expected: Placed[] = [];
  const stored = new Set<string>();
  for (const source of sources) {
    for (const { decoded } of await read(touchpointsTopic(source))) {
      stored.add((decoded.value as { eventId: string }).eventId);
      const { signals } = deriveSignals(decoded, { directory, vocabulary, analyzer: wordAnalyzer });
      for (const signal of signals) {
        for (const { keyspace } of destinationsOf(signal)) expected.push({ keyspace, signal });
      }
    }
  }
  for (const eventId of acknowledged)
    if (!stored.has(eventId)) problems.push(`${eventId} was acknowledged and is lost`);
  const derived = standing.filter(({ signal }) => signal.kind !== 'acknowledgement').map(textOf);
  problems.push(...differences('signals', derived.sort(), expected.map(textOf).sort()));
  for (const { decoded } of await read(deadLettersTopic)) problems.push(`dead letter ${JSON.stringify(decoded.value)}`);

  const transitions: Record<string, number> = {};
  for (const { transition } of alerts) transitions[transition] = (transitions[transition] ?? 0) + 1;
  return { problems, transitions, alerts: alerts.length, actions: actions.length, signals: derived.length };
}

interface Placed {
  readonly keyspace: Keyspace;
  readonly signal: Signal;
}

const textOf = ({ keyspace, signal }: Placed): string => `${keyspace} ${JSON.stringify(signal)}`;

/** Says where two lists part; nothing if they are the same. */
function differences(what: string, found: readonly string[], expected: readonly string[]): readonly string[] {
  const at = found.findIndex((line, index) => line !== expected[index]);
  if (at < 0 && found.length === expected.length) return [];
  const index = at < 0 ? found.length : at;
  return [
    `${what}: ${found.length} instead of ${expected.length}, the first difference at ${index}:\n` +
      `    found    ${found[index] ?? 'nothing'}\n    expected ${expected[index] ?? 'nothing'}`,
  ];
}
