import { type Keyspace, signalsTopic, stateTopic } from '@resonant/contracts';
import type { Log } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import {
  type Clock,
  type ClockMode,
  EngineTask,
  type EngineTaskOptions,
  engineTaskCodecs,
  type HeldTime,
  processorGroup,
  type RuleBook,
  type RunningTasks,
  runTasks,
  Sequencer,
  sequencerSettings,
  systemClock,
  type TaskLimits,
} from '@resonant/stream';
import type { TaskMetrics } from './task-metrics.ts';

/** Makes the engine of a partition. */
export type EngineOf = EngineTaskOptions['engine'];

/** The tasks of one keyspace in this process, with the memory of each partition. */
export interface KeyspaceTasks {
  readonly keyspace: Keyspace;
  readonly running: RunningTasks;
  /** By partition; what is not running any more may still stand here. */
  readonly engines: ReadonlyMap<number, EngineTask>;
}

/** A player waits for committed offsets, so on the log's clock they do not take their time. */
const logClockLimits: Partial<TaskLimits> = { offsetsEveryMs: 100 };

/** Group member, tasks and sequencers of one keyspace. */
export const keyspaceComponent = (options: {
  readonly log: Log;
  readonly keyspace: Keyspace;
  readonly book: RuleBook;
  readonly mode: ClockMode;
  /** What time waits for; undefined on the log's clock. */
  readonly held: HeldTime | undefined;
  readonly engine: EngineOf;
  readonly logger: Logger;
  readonly metrics: Pick<TaskMetrics, 'observerOf'>;
  /** Static membership in the group of each keyspace. */
  readonly instanceId?: string | undefined;
  /** Default: the host's. */
  readonly clock?: Clock;
  readonly limits?: Partial<TaskLimits>;
}): Component<KeyspaceTasks> => ({
  name: `tasks of ${options.keyspace}`,
  start: async () => {
    const { log, keyspace, book, mode, held, engine, logger, metrics, clock = systemClock } = options;
    const admin = await log.admin();
    const codecs = await engineTaskCodecs(log);
    const sequencing = await sequencerSettings({
      log,
      keyspace,
      admin,
      book,
      clock,
      mode,
      ...(held === undefined ? {} : { held }),
      clockCorrected: (task, skewMs) => {
        if (skewMs === 0) logger.info({ ...task }, "the host's clock is right again");
        else logger.warn({ ...task, skewMs }, "the host's clock is wrong and corrected by the broker's: set it right");
      },
      failed: (task, err) => logger.warn({ ...task, err }, 'ticks or rules not appended, trying again'),
    });
    const engines = new Map<number, EngineTask>();
    const running = await runTasks({
      log,
      group: processorGroup(keyspace),
      topics: [signalsTopic(keyspace)],
      stateTopic: () => stateTopic(keyspace),
      instanceId: options.instanceId,
      transactionalIdPrefix: `resonant-${keyspace}`,
      clock,
      limits: { ...(mode === 'log' ? logClockLimits : {}), ...options.limits },
      observer: metrics.observerOf(keyspace, logger),
      task: (at) => {
        const refused: EngineTaskOptions['refused'] = ({ ruleId, detail, errors }) =>
          logger.error({ ...at, ruleId, detail, errors }, 'rule refused, the version in force stays');
        const task = new EngineTask({ engine, sequencer: new Sequencer(sequencing, at), codecs, clock, refused });
        engines.set(at.partition, task);
        return task;
      },
    });
    return {
      value: { keyspace, running, engines },
      ready: () => running.ready(),
      failed: running.failed,
      stop: async () => {
        await running.stop();
        await sequencing.producer.close();
        await admin.close();
      },
    };
  },
});
