import { ResonantError } from '@resonant/contracts';
import type { Admin, GroupMember, Log, TopicPartition } from '@resonant/kafka';
import { type Clock, systemClock, within } from './clock.ts';
import type { CommitPolicy } from './committer.ts';
import { partitionCounts } from './partition-counts.ts';
import { defaultSnapshotLimits, type StateEncoders } from './snapshots/snapshot-writer.ts';
import { type SnapshotPolicy, type SnapshotSettings, stateEncoders } from './snapshots/task-snapshots.ts';
import { Task } from './task.ts';
import type { TaskObserver, TaskProcessor, TaskStatus } from './task-processor.ts';

/** What `runTasks` takes; the defaults of `limits` are `defaultLimits`. */
export interface TasksOptions {
  readonly log: Log;
  /** Consumer group that assigns the partitions and holds their offsets. */
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Static membership: a process that is started again under the id of one that died takes its partitions at once. Each
   * running process has its own; default: none.
   */
  readonly instanceId?: string | undefined;
  /** The transactional id of a task is `<prefix>-<partition>`; with several topics the prefix must tell them apart. */
  readonly transactionalIdPrefix: string | ((topic: string) => string);
  /** Topic that holds the snapshots of a topic's tasks, with as many partitions; without it there are none. */
  readonly stateTopic?: (topic: string) => string;
  /** Makes the memory of a partition: called whenever it is taken anew. */
  readonly task: (partition: TopicPartition) => TaskProcessor | Promise<TaskProcessor>;
  readonly observer?: TaskObserver;
  readonly clock?: Clock;
  readonly limits?: Partial<TaskLimits>;
}

export interface TaskLimits extends CommitPolicy, SnapshotPolicy {
  readonly sessionTimeoutMs: number;
  readonly transactionTimeoutMs: number;
  readonly maxQueuedRecords: number;
  readonly maxBatchRecords: number;
  /** How long `stop` lets transactions end. */
  readonly finishWithinMs: number;
  /** How long the memory of a lost partition is kept in case it comes back. */
  readonly keepLostForMs: number;
}

export const defaultLimits: TaskLimits = {
  sessionTimeoutMs: 10_000,
  transactionTimeoutMs: 10_000,
  commitTimeoutMs: 15_000,
  offsetsEveryMs: 5000,
  snapshotEveryMs: 5000,
  snapshotEveryBytes: 64 << 20,
  snapshotLimits: defaultSnapshotLimits,
  restoreStepMs: 5,
  maxPendingOutputs: 10_000,
  maxQueuedRecords: 2000,
  maxBatchRecords: 500,
  finishWithinMs: 10_000,
  keepLostForMs: 30_000,
};

/** The tasks of one process in one group. */
export interface RunningTasks {
  /** Rejects when the group member cannot go on: the process should exit. */
  readonly failed: Promise<never>;
  status(): readonly TaskStatus[];
  /** Why the tasks are not doing their work, or undefined. `stalledMs`: how long work may lie still (default 20 s). */
  ready(stalledMs?: number): string | undefined;
  /** Ends transactions within a bound, leaves the group, closes the producers. */
  stop(): Promise<void>;
}

/**
 * Joins the group and runs one task per assigned partition: each record of the input leads to its outputs exactly once
 * for readers with `read_committed`. Rejects if the log cannot be reached.
 */
export async function runTasks(options: TasksOptions): Promise<RunningTasks> {
  const admin = await options.log.admin();
  try {
    return await runWith(admin, options);
  } catch (error) {
    await admin.close();
    throw error;
  }
}

async function runWith(admin: Admin, options: TasksOptions): Promise<RunningTasks> {
  const { log, group, topics, clock = systemClock, observer = {} } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const prefixOf = prefixes(options);
  const counts = await partitionCounts(admin, group, topics);
  const partitionsOf = (topic: string) => counts.get(topic) ?? 0;
  const memberReady = Promise.withResolvers<GroupMember>();
  memberReady.promise.catch(() => undefined);
  const settings = {
    log,
    admin,
    group,
    clock,
    observer,
    policy: limits,
    maxQueuedRecords: limits.maxQueuedRecords,
    maxBatchRecords: limits.maxBatchRecords,
    transactionTimeoutMs: limits.transactionTimeoutMs,
    restoreStepMs: limits.restoreStepMs,
    partitionsOf,
    snapshots: await snapshotSettings(options, { log, admin, clock, policy: limits, partitionsOf }),
    processorOf: options.task,
    proveMembership: async () => (await memberReady.promise).proveMembership(),
  };

  const tasks = new Map<string, Task>();
  const forgetting = new Map<string, () => void>();
  const taskOf = (partition: TopicPartition): Task => {
    const id = idOf(partition);
    const task = tasks.get(id) ?? new Task(settings, partition, `${prefixOf(partition.topic)}-${partition.partition}`);
    tasks.set(id, task);
    return task;
  };
  const remember = (id: string) => {
    forgetting.get(id)?.();
    forgetting.delete(id);
  };
  const forgetLater = (id: string) => {
    remember(id);
    const forget = () => {
      forgetting.delete(id);
      const task = tasks.get(id);
      tasks.delete(id);
      void task?.dispose();
    };
    forgetting.set(id, clock.after(limits.keepLostForMs, forget));
  };

  const member = await log.join({
    group,
    topics,
    isolation: 'read_committed',
    sessionTimeoutMs: limits.sessionTimeoutMs,
    instanceId: options.instanceId,
    handler: {
      assigned: (partition) => {
        remember(idOf(partition));
        return taskOf(partition).assigned();
      },
      records: (partition, records, nextOffset) => taskOf(partition).records(records, nextOffset),
      lost: (partition) => {
        taskOf(partition).lost();
        forgetLater(idOf(partition));
      },
    },
  });
  memberReady.resolve(member);

  return {
    failed: member.failed,
    status: () => [...tasks.values()].map((task) => task.status()).filter((task) => task.state !== 'parked'),
    ready: (stalledMs = 20_000) => {
      for (const task of tasks.values()) {
        const reason = problemOf(task.status(), clock.now() - stalledMs);
        if (reason !== undefined) return reason;
      }
      return undefined;
    },
    stop: async () => {
      const late = () => new ResonantError('log-unavailable', 'transactions did not end in time');
      const finished = Promise.all([...tasks.values()].map((task) => task.finish()));
      await within(clock, limits.finishWithinMs, finished, late).catch(() => undefined);
      for (const task of tasks.values()) {
        if (task.leftOpen !== undefined) observer.leftOpen?.(task.partition, task.leftOpen);
      }
      await member.leave();
      for (const id of [...forgetting.keys()]) remember(id);
      await Promise.all([...tasks.values()].map((task) => task.dispose()));
      tasks.clear();
      await admin.close();
    },
  };
}

const idOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** What snapshots need, once the state topics are found to fit. */
async function snapshotSettings(
  { topics, stateTopic }: TasksOptions,
  settings: Omit<SnapshotSettings, 'stateTopicOf' | 'encodersOf'>,
): Promise<SnapshotSettings | undefined> {
  if (stateTopic === undefined) return undefined;
  const encoders = new Map<string, StateEncoders>();
  for (const topic of topics) {
    const [expected, count] = [settings.partitionsOf(topic), await settings.admin.partitionCount(stateTopic(topic))];
    if (count !== expected) {
      throw new ResonantError(
        'invalid-configuration',
        `${stateTopic(topic)} has ${count} partitions, ${topic} has ${expected}: both need the same count; recreate the ` +
          'one that was changed with the old count from a backup',
      );
    }
    encoders.set(topic, await stateEncoders(settings.log, stateTopic(topic)));
  }
  return { ...settings, stateTopicOf: stateTopic, encodersOf: (topic) => encoders.get(topic) as StateEncoders };
}

function prefixes({ transactionalIdPrefix, topics }: TasksOptions): (topic: string) => string {
  const prefixOf = typeof transactionalIdPrefix === 'string' ? () => transactionalIdPrefix : transactionalIdPrefix;
  if (new Set(topics.map(prefixOf)).size !== topics.length) {
    throw new ResonantError(
      'invalid-configuration',
      `expected a transactional id prefix of its own for each of ${topics.join(', ')}; give a function of the topic`,
    );
  }
  return prefixOf;
}

function problemOf(task: TaskStatus, stalledBefore: number): string | undefined {
  const name = idOf(task);
  const why = task.problem === null ? '' : ` (${task.problem})`;
  if (task.state === 'stopped') return `${name} stopped${why}`;
  if (task.state === 'taking') return `${name} is being taken${why}`;
  if (task.state === 'restoring')
    return `${name} restores up to offset ${task.restoringTo}, is at ${task.position}${why}`;
  if (task.stalledSince !== null && task.stalledSince < stalledBefore) {
    return `${name} has work and does not move from offset ${task.position}${why}`;
  }
  return undefined;
}
