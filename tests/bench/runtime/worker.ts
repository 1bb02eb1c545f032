import { type Keyspace, signalsTopic, type Topic } from '@resonant/contracts';
import { Engine } from '@resonant/engine';
import { connectKafka, type Log } from '@resonant/kafka';
import { compileRule } from '@resonant/rules';
import {
  type ClockMode,
  EngineTask,
  engineTaskCodecs,
  followRules,
  type Restored,
  type RunningTasks,
  runTasks,
  Sequencer,
  sequencerSettings,
  systemClock,
} from '@resonant/stream';

/** What a worker is started with, as JSON in the variable WORK. */
export interface Work {
  readonly brokers: string;
  readonly registry: string;
  /** Names its consumer groups, transactional ids and state topics. */
  readonly name: string;
  readonly keyspaces: readonly Keyspace[];
  readonly clock: ClockMode;
  /** Without transactions: the price of exactly-once is the difference. */
  readonly isExactlyOnce: boolean;
  /** Static membership; a process that is started again has the same. */
  readonly instanceId?: string;
}

/** What a worker says every 50 ms. */
export interface Report {
  /** Next offset to process, by `topic/partition`, of the tasks that it owns. */
  readonly positions: Readonly<Record<string, number>>;
  readonly running: number;
  /** CPU seconds of the process so far. */
  readonly cpuS: number;
  readonly residentBytes: number;
  readonly restores: readonly (Restored & { readonly tookMs: number })[];
  /** Why tasks began again. */
  readonly aborts: readonly string[];
  readonly snapshots: { readonly count: number; readonly bytes: number; readonly parts: number };
}

export const groupOf = (name: string, keyspace: Keyspace): string => `bench-${name}-${keyspace}`;

/** Compacted, as the product's own. */
export const stateTopicOf = (name: string, keyspace: Keyspace): Topic => ({
  name: `bench.state.${name}.${keyspace}`,
  records: ['StatePart', 'Snapshot'],
  cleanup: 'compact',
  segmentBytes: 16 << 20,
});

/** The same log; what would be a transaction is appended by a plain idempotent producer. */
const withoutTransactions = (log: Log): Log => ({
  producer: (options) => log.producer(options),
  join: (options) => log.join(options),
  follow: (options) => log.follow(options),
  admin: () => log.admin(),
  registry: log.registry,
  close: () => log.close(),
  transactionalProducer: async () => {
    const producer = await log.producer();
    return {
      commit: async ({ records }) => void (await producer.sendAll(records)),
      close: () => producer.close(),
    };
  },
});

async function work(given: Work): Promise<void> {
  const { brokers, registry, name, keyspaces, clock: mode, isExactlyOnce, instanceId } = given;
  const kafka = connectKafka({ brokers: brokers.split(','), registryUrl: registry, clientId: `bench-${name}` });
  const log = isExactlyOnce ? kafka : withoutTransactions(kafka);
  const [admin, book, codecs] = [await log.admin(), await followRules(log), await engineTaskCodecs(log)];
  const restores: (Restored & { tookMs: number })[] = [];
  const aborts: string[] = [];
  const snapshots = { count: 0, bytes: 0, parts: 0 };
  const all: RunningTasks[] = [];
  for (const keyspace of keyspaces) {
    const failed = () => undefined;
    const settings = await sequencerSettings({ log, keyspace, admin, book, clock: systemClock, mode, failed });
    const engine = () => new Engine({ compile: compileRule });
    const tasks = await runTasks({
      log,
      group: groupOf(name, keyspace),
      instanceId: instanceId === undefined ? undefined : `${instanceId}-${keyspace}`,
      topics: [signalsTopic(keyspace)],
      stateTopic: () => stateTopicOf(name, keyspace).name,
      transactionalIdPrefix: groupOf(name, keyspace),
      task: (at) => new EngineTask({ engine, sequencer: new Sequencer(settings, at), codecs, clock: systemClock }),
      // as where a player waits for offsets: what takes over is seen at once
      limits: { offsetsEveryMs: 100 },
      observer: {
        restored: (_, restore) => restores.push(restore),
        aborted: (_, error) => aborts.push(error.message),
        snapshotted: (_, { bytes, parts }) => {
          snapshots.count++;
          snapshots.bytes += bytes;
          snapshots.parts += parts;
        },
      },
    });
    tasks.failed.catch(() => process.exit(1));
    all.push(tasks);
  }
  const report = (): Report => {
    const status = all.flatMap((tasks) => tasks.status());
    const { user, system } = process.cpuUsage();
    return {
      positions: Object.fromEntries(status.map((task) => [`${task.topic}/${task.partition}`, task.position])),
      running: status.filter(({ state }) => state === 'running').length,
      cpuS: (user + system) / 1e6,
      residentBytes: process.memoryUsage().rss,
      restores,
      aborts,
      snapshots,
    };
  };
  const timer = setInterval(() => process.send?.(report()), 50);
  process.on('SIGTERM', async () => {
    await Promise.all(all.map((tasks) => tasks.stop()));
    process.send?.(report());
    clearInterval(timer);
    process.exit(0);
  });
}

if (process.env.WORK !== undefined) await work(JSON.parse(process.env.WORK) as Work);
