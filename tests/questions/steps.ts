import {
  eventHeaders,
  type Keyspace,
  keyspaces,
  type Rule,
  rulesTopic,
  signalsTopic,
  sources,
  touchpointsTopic,
} from '@resonant/contracts';
import { Engine, type Refusal } from '@resonant/engine';
import {
  decoderFor,
  encoderFor,
  type LogRecord,
  type MemoryLog,
  readTopic,
  type TopicPartition,
} from '@resonant/kafka';
import { analyze, isPersonalised } from '@resonant/language';
import { compileRule } from '@resonant/rules';
import { createLogger, Metrics } from '@resonant/service';
import { engineTaskCodecs, logEntryOf, outputRecordOf } from '@resonant/stream';
import { tablesComponent } from '../../services/signals/src/tables.ts';
import { touchpointProcessor } from '../../services/signals/src/touchpoint-task.ts';

/** Reads what has come into some topics since the last call. */
function reader(log: MemoryLog, names: readonly string[]): () => readonly LogRecord[] {
  const partitions = names.flatMap((name) => log.broker.partitions(name));
  const positions = new Map<(typeof partitions)[number], number>();
  return () =>
    partitions.flatMap((partition) => {
      const from = positions.get(partition) ?? 0;
      const { records, nextOffset } = partition.read(from, 'read_committed', Number.POSITIVE_INFINITY);
      positions.set(partition, nextOffset);
      return records;
    });
}

/** services/signals a step at a time: each call turns the touchpoints that have come since into signals. */
export async function signalsOn(log: MemoryLog): Promise<() => Promise<void>> {
  const silent = createLogger('signals', 'silent');
  const { value: tables } = await tablesComponent(log, silent, new Metrics()).start();
  const observer = { touchpoint: () => undefined, signal: () => undefined, deadLetter: () => undefined };
  const now = (): number => log.broker.scheduler.now();
  const processor = await touchpointProcessor({ log, tables, analyzer: { analyze, isPersonalised }, observer, now });
  const producer = await log.producer();
  const read = reader(log, sources.map(touchpointsTopic));
  return async () => {
    const records = read();
    await processor.prepare?.(records);
    await producer.sendAll(await processor.process(records, { muted: false, nextOffset: 0 }));
  };
}

/** The engine of one partition, and how far it has read. */
interface Task {
  readonly keyspace: Keyspace;
  readonly at: TopicPartition;
  position: number;
  readonly engine: Engine;
}

/**
 * services/processor a step at a time: each call appends a tick to every partition of the signals topics and takes what
 * stands there. The rules that stand in the rules topic now are put first.
 */
export async function processorOn(log: MemoryLog): Promise<(at: number) => Promise<void>> {
  const producer = await log.producer();
  const decoder = decoderFor(log);
  const { encoders } = await engineTaskCodecs(log);
  const refused = ({ ruleId, detail }: Refusal): never => {
    throw new Error(`rule ${ruleId} was refused: ${detail}`);
  };
  const changes = (await readTopic(log, rulesTopic)).map(({ value }, revision) => ({ ...(value as Rule), revision }));
  const ticks = new Map<Keyspace, (tick: { readonly at: number }) => Buffer>();
  const tasks: Task[] = [];
  for (const keyspace of keyspaces) {
    const topic = signalsTopic(keyspace);
    ticks.set(keyspace, await encoderFor(log, topic, 'Tick'));
    const encodeChange = await encoderFor(log, topic, 'RuleChange');
    for (const { at } of log.broker.partitions(topic)) {
      for (const { action, ruleId, document, revision } of changes.filter((rule) => rule.keyspace === keyspace)) {
        const value = encodeChange({ action, ruleId, document, revision });
        const headers = eventHeaders({
          id: `${ruleId}/${revision}`,
          type: 'rule-change',
          source: '/services/processor',
          time: log.broker.scheduler.now(),
        });
        await producer.send({ ...at, key: ruleId, value, headers });
      }
      tasks.push({ keyspace, at, position: 0, engine: new Engine({ compile: compileRule, onRefusal: refused }) });
    }
  }
  return async (at) => {
    for (const task of tasks) {
      await producer.send({ ...task.at, key: null, value: ticks.get(task.keyspace)?.({ at }) ?? null });
      const partition = log.broker.partition(task.at);
      const { records, nextOffset } = partition.read(task.position, 'read_committed', Number.POSITIVE_INFINITY);
      task.position = nextOffset;
      await decoder.prepare(records.flatMap(({ value }) => value ?? []));
      for (const record of records) {
        const entry = logEntryOf(record, decoder);
        if (entry instanceof Error) throw entry;
        const where = { partition: record.partition, tickOffset: record.offset };
        const outputs = task.engine.apply(entry);
        await producer.sendAll(outputs.map((output) => outputRecordOf(output, where, encoders)));
      }
    }
  };
}
