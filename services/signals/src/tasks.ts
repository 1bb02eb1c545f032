import { sources, touchpointsTopic } from '@resonant/contracts';
import { type Log, refuseLostRanges } from '@resonant/kafka';
import type { Component, Logger, Metrics } from '@resonant/service';
import {
  type Clock,
  publishPositions,
  type RunningTasks,
  reachOf,
  runTasks,
  signalsGroup,
  systemClock,
  type TaskLimits,
  type TaskObserver,
} from '@resonant/stream';
import type { Analyzer } from './derivation.ts';
import type { Tables } from './tables.ts';
import { type DerivationObserver, touchpointProcessor } from './touchpoint-task.ts';

const sourceOf = (topic: string): string => sources.find((source) => touchpointsTopic(source) === topic) ?? topic;

/** One task per touchpoint partition of this member, and the positions they publish. */
export const tasksComponent = (options: {
  readonly log: Log;
  readonly tables: Tables;
  readonly analyzer: Analyzer;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<TaskLimits>;
  /** Static membership in the group. */
  readonly instanceId?: string | undefined;
  /** Default: the host's. */
  readonly clock?: Clock;
  /** How often positions are looked at, in ms; default: `publishPositions`'s. */
  readonly lookEveryMs?: number;
}): Component<RunningTasks> => ({
  name: 'touchpoint tasks',
  start: async () => {
    const { log, tables, analyzer, logger, metrics, limits = {}, clock = systemClock, lookEveryMs } = options;
    const topics = sources.map(touchpointsTopic);
    await refuseLostRanges(log, signalsGroup, topics, await reachOf(log, signalsGroup));
    const observer = derivationObserver(logger, metrics);
    const processor = await touchpointProcessor({ log, tables, analyzer, observer, now: () => clock.now() });
    const tasks = await runTasks({
      log,
      group: signalsGroup,
      instanceId: options.instanceId,
      topics,
      transactionalIdPrefix: (topic) => `resonant-signals-${sourceOf(topic)}`,
      task: () => processor,
      observer: taskObserver(logger, metrics),
      limits,
      clock,
    });
    const positions = await publishPositions({
      log,
      tasks,
      source: '/services/signals',
      clock,
      ...(lookEveryMs !== undefined && { lookEveryMs }),
      failed: (err) => logger.warn({ err }, 'positions not published'),
    });
    return {
      value: tasks,
      ready: () => tasks.ready(),
      failed: tasks.failed,
      stop: async () => {
        await tasks.stop();
        await positions.stop();
      },
    };
  },
});

function derivationObserver(logger: Logger, metrics: Metrics): DerivationObserver {
  const touchpoints = metrics.counter('resonant_signals_touchpoints_total', 'touchpoints by what became of them', [
    'source',
    'outcome',
  ]);
  const signals = metrics.counter('resonant_signals_derived_total', 'signals by kind and keyspace; none = no key', [
    'kind',
    'keyspace',
  ]);
  return {
    touchpoint: (topic, outcome) => touchpoints.add({ source: sourceOf(topic), outcome }),
    signal: ({ kind }, keyspace) => signals.add({ kind, keyspace }),
    deadLetter: (origin, error) =>
      logger.error(
        { origin, code: error.code, detail: error.message, frames: framesOf(error.cause) },
        'touchpoint put aside',
      ),
  };
}

// The message of an error may quote a customer's words; where it came from does not.
const framesOf = (cause: unknown): readonly string[] =>
  cause instanceof Error ? (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];

function taskObserver(logger: Logger, metrics: Metrics): TaskObserver {
  const commits = metrics.histogram('resonant_signals_commit_duration_seconds', 'time a transaction took', ['source']);
  const aborts = metrics.counter('resonant_signals_aborts_total', 'tasks that began again', ['source']);
  return {
    committed: ({ topic }, { tookMs }) => commits.observe({ source: sourceOf(topic) }, tookMs / 1000),
    waiting: (task, err) => logger.warn({ ...task, err }, 'waiting for schemas, directory or vocabulary'),
    aborted: (task, err) => {
      aborts.add({ source: sourceOf(task.topic) });
      logger.warn({ ...task, err }, 'task begins again at the committed offset');
    },
    stopped: (task, err) => logger.error({ ...task, err }, 'task stopped'),
  };
}
