import { join } from 'node:path';
import {
  type Action,
  type Alert,
  actionsTopic,
  alertsTopic,
  defaultPartitions,
  directoryTopic,
  type Keyspace,
  keyspaces,
  rulesTopic,
  type Signal,
  signalsTopic,
  topics,
  vocabularyTopic,
} from '@resonant/contracts';
import {
  decoderFor,
  encoderFor,
  MemoryBroker,
  type MemoryLog,
  memoryLog,
  readTopic,
  realScheduler,
} from '@resonant/kafka';
import { shippedRules } from '@resonant/rules';
import { directorySections, toRecord, vocabularySections } from '@resonant/service';
import { instantOf, loadDay } from '../../packages/cli/src/demo/day.ts';
import { type Delivery, deliveriesOf } from '../../packages/cli/src/demo/delivery.ts';
import { readEntries } from '../../packages/cli/src/reference-data/files.ts';
import { acknowledgementSignal } from '../../services/gateway/src/alerts/acknowledger.ts';
import { acknowledgements, aheadOfTime, copies, type Mark, unreadable } from './beside-the-day.ts';
import { ingestOn } from './ingest-in-memory.ts';
import { processorOn, signalsOn } from './steps.ts';

export const demoFolder = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'demo');
const github = { endpointId: 'community', secret: 'signs the payloads of the demo' };
/** As the demo's player steps: while events come, and when only time passes. */
const stepMs = { busy: 30_000, quiet: 300_000 } as const;
/** How long a record takes from one service to the next on this day, in ms. */
const hopMs = 20;

/** A log in memory that stands at an instant until it is moved. */
interface DatedLog {
  readonly log: MemoryLog;
  /** Epoch ms. */
  moveTo(at: number): void;
}

/**
 * The demo's day on a log in memory, by the code of ingest, services/signals and the engine, with what else happened on
 * it (`beside-the-day.ts`). The log's clock is the day's, so that every record, offset and stamp is the same each time.
 */
export async function playDemoDay(): Promise<MemoryLog> {
  const day = loadDay(join(demoFolder, 'day.yaml'));
  const [from, to] = [instantOf(day, day.from), Date.parse(day.to)];
  const { log, moveTo } = datedLog(from - 60_000);
  await prepare(log);
  const ingest = await ingestOn(log, github, () => log.broker.scheduler.now());
  const deriveSignals = await signalsOn(log);
  const tick = await processorOn(log);
  const deliveries = [...deliveriesOf(day, { folder: demoFolder, github }), ...unreadable(day, github)].toSorted(
    (a, b) => a.sendAt - b.sendAt,
  );
  const lastSent = deliveries.at(-1)?.sendAt ?? from;
  const ahead = aheadOfTime(day);
  const others = [
    ...acknowledgements(day).map((mark) => ({ at: mark.at, run: () => acknowledge(log, mark) })),
    ...copies(day).map(({ at, eventId }) => ({ at, run: () => copySignals(log, eventId) })),
    { at: ahead.at, run: () => appendSignal(log, 'account', 'lantian', ahead.signal) },
  ].toSorted((a, b) => a.at - b.at);
  for (let at = from, sent = 0; at <= to; at = next(at, lastSent, to)) {
    for (; sent < deliveries.length && (deliveries[sent] as Delivery).sendAt <= at; sent += 1) {
      const delivery = deliveries[sent] as Delivery;
      moveTo(delivery.sendAt);
      await ingest(delivery);
      moveTo(delivery.sendAt + hopMs);
      await deriveSignals();
    }
    moveTo(at);
    while (others[0] !== undefined && others[0].at <= at) await others.shift()?.run();
    await tick(at);
  }
  return log;
}

function next(at: number, lastSent: number, to: number): number {
  if (at === to) return to + 1;
  return Math.min(to, at + (at < lastSent ? stepMs.busy : stepMs.quiet));
}

function datedLog(start: number): DatedLog {
  let now = start;
  const broker = new MemoryBroker({ ...realScheduler, now: () => now, step: async () => undefined });
  return {
    log: memoryLog({ broker }),
    moveTo: (at) => {
      now = Math.max(now, at);
    },
  };
}

/** Topics, directory, vocabulary and the shipped rules. */
async function prepare(log: MemoryLog): Promise<void> {
  const admin = await log.admin();
  await admin.ensureTopics(topics, defaultPartitions.local);
  const producer = await log.producer();
  const put = async (file: string, sections: typeof directorySections | typeof vocabularySections, topic: string) => {
    const { entries } = await readEntries([join(demoFolder, file)], sections);
    for (const { kind, id, body } of entries) {
      const { key, name, value } = toRecord(kind, id, body);
      const encode = await encoderFor(log, topic, name);
      await producer.send({ topic, key, value: encode(value as never) });
    }
  };
  await put('directory.yaml', directorySections, directoryTopic);
  await put('vocabulary.yaml', vocabularySections, vocabularyTopic);
  const encode = await encoderFor(log, rulesTopic, 'Rule');
  for (const { id, document } of shippedRules()) {
    const { keyspace } = document as { readonly keyspace: Keyspace };
    const change = { action: 'put', document: JSON.stringify(document), changedBy: 'operator' } as const;
    const value = encode({ ruleId: id, keyspace, changedAt: log.broker.scheduler.now(), ...change });
    await producer.send({ topic: rulesTopic, key: id, value });
  }
}

async function acknowledge(log: MemoryLog, mark: Mark): Promise<void> {
  const alerts = (await readTopic(log, alertsTopic)).flatMap(({ value }) => value as Alert);
  const alert = alerts.find((one) => one.ruleId === mark.ruleId && one.subject.repId === mark.repId);
  const actions = (await readTopic(log, actionsTopic)).flatMap(({ value }) => value as Action);
  const action = actions.find((one) => one.alertId === alert?.alertId && one.action === mark.action);
  if (alert === undefined || action === undefined) throw new Error(`nothing to acknowledge: ${JSON.stringify(mark)}`);
  const request = { alert, actionId: action.actionId, note: mark.note, requestId: 'demo', keyId: mark.by };
  const signal = acknowledgementSignal(request, mark.at);
  await appendSignal(log, alert.keyspace as Keyspace, alert.partitionKey, signal);
}

async function appendSignal(log: MemoryLog, keyspace: Keyspace, key: string, signal: Signal): Promise<void> {
  const topic = signalsTopic(keyspace);
  const encode = await encoderFor(log, topic, 'Signal');
  await (await log.producer()).send({ topic, key, value: encode(signal) });
}

/** Appends the signals of an event once more, wherever they stand. */
async function copySignals(log: MemoryLog, eventId: string): Promise<void> {
  const decoder = decoderFor(log);
  const producer = await log.producer();
  for (const partition of keyspaces.flatMap((keyspace) => log.broker.partitions(signalsTopic(keyspace)))) {
    const { records } = partition.read(0, 'read_committed', Number.POSITIVE_INFINITY);
    for (const { key, value, headers } of records) {
      const { value: signal } = await decoder.read(value ?? Buffer.alloc(0));
      if ((signal as Partial<Signal>).eventId !== eventId) continue;
      await producer.send({ ...partition.at, key, value, headers });
    }
  }
}
