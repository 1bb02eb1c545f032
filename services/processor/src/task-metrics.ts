import type { Keyspace } from '@resonant/contracts';
import type { GaugeMetric, Logger, Metrics } from '@resonant/service';
import type { TaskObserver } from '@resonant/stream';

const labels = ['keyspace', 'partition'] as const;

/** What becomes of a signal; they add up to the signals of the log. */
export const signalOutcomes = ['used', 'unused', 'duplicates', 'quarantined', 'waiting'] as const;

/** Gauges of each task, set by `Progress`. */
export interface TaskGauges {
  readonly position: GaugeMetric<'keyspace' | 'partition'>;
  readonly lag: GaugeMetric<'keyspace' | 'partition'>;
  readonly lagSeconds: GaugeMetric<'keyspace' | 'partition'>;
  readonly lastTick: GaugeMetric<'keyspace' | 'partition'>;
  readonly held: GaugeMetric<'keyspace' | 'partition'>;
  readonly clockSkew: GaugeMetric<'keyspace' | 'partition'>;
  readonly restoring: GaugeMetric<'keyspace' | 'partition'>;
  readonly stateParts: GaugeMetric<'keyspace' | 'partition'>;
  readonly stateBytes: GaugeMetric<'keyspace' | 'partition'>;
  readonly signals: GaugeMetric<'keyspace' | 'partition'>;
  readonly signalsByOutcome: GaugeMetric<'keyspace' | 'partition' | 'outcome'>;
  readonly undecodable: GaugeMetric<'keyspace' | 'partition'>;
}

/** The instruments of all tasks of this process. */
export interface TaskMetrics {
  readonly gauges: TaskGauges;
  /** Counts and logs what the tasks of a keyspace go through. */
  observerOf(keyspace: Keyspace, logger: Logger): TaskObserver;
}

export function taskMetrics(metrics: Metrics): TaskMetrics {
  const commits = metrics.histogram('resonant_task_transaction_duration_seconds', 'time a transaction took', labels);
  const outputs = metrics.counter('resonant_task_outputs_total', 'alerts, actions and dead letters committed', labels);
  const aborts = metrics.counter('resonant_task_aborts_total', 'times a task began again', labels);
  const restores = metrics.histogram('resonant_task_restore_duration_seconds', 'time a restore took', labels);
  const snapshots = metrics.histogram(
    'resonant_task_snapshot_duration_seconds',
    'time from taking a snapshot to its last transaction',
    labels,
  );
  const snapshotBytes = metrics.counter('resonant_task_snapshot_bytes_total', 'bytes of parts in snapshots', labels);
  return {
    gauges: gaugesOf(metrics),
    observerOf: (keyspace, logger) => {
      const labelsOf = ({ partition }: { readonly partition: number }) => ({ keyspace, partition: String(partition) });
      return {
        committed: (task, commit) => {
          commits.observe(labelsOf(task), commit.tookMs / 1000);
          outputs.add(labelsOf(task), commit.outputs);
        },
        restored: (task, { records, snapshotOffset, reason, unfinished, tookMs }) => {
          restores.observe(labelsOf(task), tookMs / 1000);
          const from = snapshotOffset === null ? 'the beginning of the log' : 'a snapshot';
          const facts = { ...task, records, unfinished, tookMs };
          if (reason === null) logger.info({ ...facts, snapshotOffset }, `restored from ${from}`);
          else logger.warn({ ...facts, reason }, 'restored from the beginning of the log: no usable snapshot');
        },
        restoring: (task, { position, to }) => logger.info({ ...task, position, to }, 'restoring'),
        snapshotted: (task, { offset, pieces, parts, bytes, tookMs }) => {
          snapshots.observe(labelsOf(task), tookMs / 1000);
          snapshotBytes.add(labelsOf(task), bytes);
          logger.debug({ ...task, offset, pieces, parts, bytes, tookMs }, 'snapshot complete');
        },
        waiting: (task, err) => logger.warn({ ...task, err }, 'waiting for the schema registry'),
        aborted: (task, err) => {
          aborts.add(labelsOf(task));
          logger.warn({ ...task, err }, 'task begins again at the committed offset');
        },
        leftOpen: (task, why) =>
          logger.warn(
            { ...task, why },
            'ended without a snapshot: who takes the partition next replays more of the log',
          ),
        stopped: (task, err) => logger.error({ ...task, err }, 'task stopped'),
      };
    },
  };
}

const gaugesOf = (metrics: Metrics): TaskGauges => ({
  position: metrics.gauge('resonant_task_position', 'next offset to process', labels),
  lag: metrics.gauge('resonant_task_lag_records', 'records between position and end of the log', labels),
  lagSeconds: metrics.gauge('resonant_task_lag_seconds', 'age of the oldest fetched record that is not passed', labels),
  held: metrics.gauge('resonant_task_held_seconds', 'how far time is held back for touchpoints', labels),
  clockSkew: metrics.gauge(
    'resonant_task_clock_skew_seconds',
    "broker's minus host's clock, if it is corrected",
    labels,
  ),
  restoring: metrics.gauge('resonant_task_restoring_records', 'offsets that a restore has still to replay', labels),
  stateParts: metrics.gauge('resonant_task_state_parts', 'parts of the state as of the last snapshot', labels),
  stateBytes: metrics.gauge('resonant_task_state_bytes', 'bytes of the state as of the last snapshot', labels),
  lastTick: metrics.gauge('resonant_task_last_tick_timestamp_seconds', 'largest tick, epoch seconds', labels),
  signals: metrics.gauge('resonant_engine_signals', 'signals in the log of the partition', labels),
  signalsByOutcome: metrics.gauge('resonant_engine_signals_by_outcome', 'what became of them; adds up', [
    ...labels,
    'outcome',
  ]),
  undecodable: metrics.gauge('resonant_task_undecodable_records', 'records of the log that no schema fits', labels),
});
