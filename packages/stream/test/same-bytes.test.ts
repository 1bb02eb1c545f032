import { afterEach, expect, test } from '@jest/globals';
import { actionsTopic, alertsTopic, signalsTopic, stateTopic, topics } from '@resonant/contracts';
import { encoderFor, type Log, MemoryBroker, memoryLog, type NewRecord } from '@resonant/kafka';
import { shippedRules } from '@resonant/rules';
import {
  EngineTask,
  engineTaskCodecs,
  followRules,
  type RunningTasks,
  runTasks,
  Sequencer,
  sequencerSettings,
  systemClock,
} from '../src/index.ts';
import { signal } from './support/partition-log.ts';
import { until } from './support/running-sum.ts';
import { newEngine } from './support/state-fixture.ts';

const keyspace = 'lead';
const partitions = 8;
const leads = 600;
const start = Date.UTC(2026, 2, 5, 9);

const running = new Set<RunningTasks>();
afterEach(async () => {
  await Promise.all([...running].map((tasks) => tasks.stop()));
  running.clear();
});

interface Process {
  readonly tasks: RunningTasks;
  /** Outputs that it has committed. */
  said(): number;
  kill(): void;
}

/** A processor of the keyspace without ticks of its own. */
async function processOn(broker: MemoryBroker): Promise<Process> {
  const log = memoryLog({ broker });
  const [admin, book, codecs] = [await log.admin(), await followRules(log), await engineTaskCodecs(log)];
  const clock = systemClock;
  const settings = await sequencerSettings({ log, keyspace, admin, book, clock, mode: 'log', failed: () => undefined });
  let said = 0;
  const tasks = await runTasks({
    log,
    group: 'resonant-processor-lead',
    topics: [signalsTopic(keyspace)],
    stateTopic: () => stateTopic(keyspace),
    transactionalIdPrefix: 'resonant-lead',
    task: (at) => new EngineTask({ engine: newEngine, sequencer: new Sequencer(settings, at), codecs, clock }),
    observer: {
      committed: (_, { outputs }) => {
        said += outputs;
      },
    },
    limits: { sessionTimeoutMs: 200, offsetsEveryMs: 20, snapshotEveryMs: 20, finishWithinMs: 2000 },
  });
  running.add(tasks);
  const kill = () => {
    running.delete(tasks);
    log.kill();
  };
  return { tasks, said: () => said, kill };
}

/** Leads that are answered in time, too late or never, with a tick in every partition each second, in three parts. */
async function parts(log: Log): Promise<readonly (readonly NewRecord[])[]> {
  const topic = signalsTopic(keyspace);
  const signalOf = await encoderFor(log, topic, 'Signal');
  const tickOf = await encoderFor(log, topic, 'Tick');
  const changeOf = await encoderFor(log, topic, 'RuleChange');
  const document = JSON.stringify(shippedRules().find(({ id }) => id === 'lead-response')?.document);
  const change = changeOf({ action: 'put', ruleId: 'lead-response', document, revision: 0 });
  const everywhere = (value: Buffer): NewRecord[] =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition, key: null, value }));
  const about = (leadId: string, kind: string, occurredAt: number): NewRecord => {
    const labels = { by: 'human' };
    return { topic, key: leadId, value: signalOf(signal(`${leadId}-${kind}`, occurredAt, { kind, leadId, labels })) };
  };
  const records = everywhere(change);
  for (let n = 0; n < leads; n++) {
    const at = start + n * 1000;
    records.push(about(`lead-${n}`, 'lead-created', at));
    if (n >= 60 && n % 3 === 0) records.push(about(`lead-${n - 60}`, 'lead-response', at));
    if (n >= 120 && n % 3 === 1) records.push(about(`lead-${n - 120}`, 'lead-response', at));
    records.push(...everywhere(tickOf({ at })));
  }
  const third = Math.ceil(records.length / 3);
  return [0, 1, 2].map((part) => records.slice(part * third, (part + 1) * third));
}

async function brokerWithTopics(): Promise<{ readonly broker: MemoryBroker; readonly log: Log }> {
  const broker = new MemoryBroker();
  const log = memoryLog({ broker });
  await (await log.admin()).ensureTopics(topics, partitions);
  return { broker, log };
}

/** Resolves when everything that stands in the log is processed and committed. */
const workedOff = (log: Log): Promise<void> =>
  until(async () => {
    const admin = await log.admin();
    const ends = await admin.offsets(signalsTopic(keyspace));
    const committed = await admin.committed('resonant-processor-lead', signalsTopic(keyspace));
    return ends.every(
      ({ partition, latest }) => committed.find((one) => one.partition === partition)?.offset === latest,
    );
  }, 'the end of the log');

/** Every record that a reader with read_committed sees: key, headers and value in hex, by partition. */
async function bytesIn(log: Log, topic: string): Promise<readonly (readonly string[])[]> {
  const seen: string[][] = Array.from({ length: partitions }, () => []);
  const follower = await log.follow({
    topic,
    onRecords: (partition, records) => {
      for (const { key, value, headers } of records) {
        const named = Object.entries(headers).map(([name, header]) => `${name}=${header.toString('hex')}`);
        seen[partition]?.push([key?.toString('hex'), ...named.sort(), value?.toString('hex')].join(' '));
      }
    },
  });
  await follower.caughtUp;
  await follower.stop();
  return seen;
}

const append = async (log: Log, records: readonly NewRecord[]): Promise<void> => {
  const producer = await log.producer();
  await producer.sendAll(records);
  await producer.close();
};

test('one processor and four say the same bytes per partition for the same log, also while they become four and then two', async () => {
  const alone = await brokerWithTopics();
  await append(alone.log, (await parts(alone.log)).flat());
  await processOn(alone.broker);
  await workedOff(alone.log);

  const shared = await brokerWithTopics();
  const [first, second, third] = (await parts(shared.log)) as [NewRecord[], NewRecord[], NewRecord[]];
  const processes = [await processOn(shared.broker)];
  const owned = (): number[] => processes.map(({ tasks }) => tasks.status().length);
  await append(shared.log, first);
  await until(() => (processes[0] as Process).said() > 0, 'something that one says');
  for (let more = 0; more < 3; more++) processes.push(await processOn(shared.broker));
  await append(shared.log, second);
  await until(() => owned().join() === '2,2,2,2', 'four owners of two partitions each');
  await until(() => processes.every((process) => process.said() > 0), 'something that each of four says');
  await workedOff(shared.log);
  await append(shared.log, third);
  const [, leaving, dying] = processes as [Process, Process, Process, Process];
  running.delete(leaving.tasks);
  await leaving.tasks.stop();
  dying.kill();
  await workedOff(shared.log);

  for (const [topic, count] of [
    [alertsTopic, 500],
    [actionsTopic, 340],
  ] as const) {
    const expected = await bytesIn(alone.log, topic);
    expect(expected.flat().length).toBe(count);
    expect(await bytesIn(shared.log, topic)).toEqual(expected);
  }
});
