import type { StreamName, WriterObserver } from '@resonant/clickhouse';
import { type CounterMetric, type GaugeMetric, type Logger, latencyBuckets, type Metrics } from '@resonant/service';

const labels = ['topic', 'partition'] as const;
type Label = (typeof labels)[number];

/** Gauges of each stream, set by `Progress`. */
export interface StreamGauges {
  readonly position: GaugeMetric<Label>;
  readonly lag: GaugeMetric<Label>;
  readonly lagSeconds: GaugeMetric<Label>;
  readonly buffered: GaugeMetric<Label>;
  readonly pending: GaugeMetric<Label>;
  readonly state: GaugeMetric<Label | 'state'>;
}

/** The instruments of all streams of this process. */
export interface StreamMetrics {
  readonly gauges: StreamGauges;
  /** Counts a record that was put aside without a writer. */
  putAside(stream: StreamName): void;
  /** Counts and logs what streams go through. */
  observerOf(logger: Logger): WriterObserver;
}

const batchBuckets = [1, 10, 50, 100, 500, 1000, 2500, 5000, 10_000, 20_000];

export function streamMetrics(metrics: Metrics): StreamMetrics {
  const counter = (name: string, help: string): CounterMetric<Label> =>
    metrics.counter(`resonant_history_${name}`, help, labels);
  const ranges = counter('ranges_total', 'ranges stored');
  const records = counter('records_total', 'records stored or rejected');
  const rejected = counter('rejected_total', 'records that are no rows and were put aside');
  const retries = counter('retries_total', 'attempts that are made again');
  const resent = counter('resent_total', 'pending ranges found when a partition was taken');
  const discarded = counter('discarded_total', 'ranges that waited too long and were read again');
  const divided = counter('divided_total', 'ranges halved because the engine refused the data');
  const removed = counter(
    'removed_total',
    'rows removed because an insert had not reached every table; they come again',
  );
  const took = metrics.histogram(
    'resonant_history_insert_duration_seconds',
    'time an insert took',
    labels,
    latencyBuckets,
  );
  const batch = metrics.histogram('resonant_history_batch_records', 'records of a stored range', labels, batchBuckets);
  const age = metrics.histogram(
    'resonant_history_stored_after_seconds',
    'from append of the oldest record of a range until it is stored',
    labels,
    latencyBuckets,
  );
  const labelsOf = ({ topic, partition }: StreamName) => ({ topic, partition: String(partition) });
  return {
    gauges: gaugesOf(metrics),
    putAside: (stream) => rejected.add(labelsOf(stream)),
    observerOf: (logger) => ({
      started: (stream, { from, next, resend, behindGap }) =>
        logger.info({ ...stream, from, next, pending: resend, behindGap }, 'partition taken'),
      resent: (stream, { pending, isThere }) => {
        resent.add(labelsOf(stream));
        const what = isThere ? 'the pending range is stored already' : 'sending the pending range again';
        logger.info({ ...stream, first: pending.first, last: pending.last }, what);
      },
      stored: (stream, { nRecords, tookMs, oldestAppendedAt }) => {
        ranges.add(labelsOf(stream));
        records.add(labelsOf(stream), nRecords);
        took.observe(labelsOf(stream), tookMs / 1000);
        batch.observe(labelsOf(stream), nRecords);
        age.observe(labelsOf(stream), Math.max(0, Date.now() - oldestAppendedAt) / 1000);
      },
      retrying: (stream, attempt, err) => {
        retries.add(labelsOf(stream));
        logger.warn({ ...stream, attempt, err }, 'trying again');
      },
      rejected: (stream, letters) => {
        rejected.add(labelsOf(stream), letters.length);
        for (const { record, reason, detail } of letters) {
          logger.warn({ ...stream, offset: record.offset, reason, detail }, 'record put aside as a dead letter');
        }
      },
      divided: (stream, { first, last }, err) => {
        divided.add(labelsOf(stream));
        logger.warn({ ...stream, first, last, err }, 'the engine refuses the data: looking for the record');
      },
      discarded: (stream, reason) => {
        discarded.add(labelsOf(stream));
        logger.warn({ ...stream, reason }, 'beginning again from the ledger');
      },
      cleared: (stream, rows) => {
        removed.add(
          labelsOf(stream),
          Object.values(rows).reduce((sum, n) => sum + n, 0),
        );
        logger.warn(
          { ...stream, rows },
          'an insert had not reached every table: removed what is there, to send it again',
        );
      },
      stopped: (stream, reason) => logger.error({ ...stream, reason }, 'partition stopped: someone has to act'),
    }),
  };
}

const gaugesOf = (metrics: Metrics): StreamGauges => ({
  position: metrics.gauge('resonant_history_position', 'first offset that is not stored', labels),
  lag: metrics.gauge('resonant_history_lag_records', 'records between what is stored and the end of the log', labels),
  lagSeconds: metrics.gauge('resonant_history_lag_seconds', 'age of the oldest record that is not stored', labels),
  buffered: metrics.gauge('resonant_history_buffered_bytes', 'read and not yet stored', labels),
  pending: metrics.gauge('resonant_history_pending_seconds', 'how long a range has been on its way', labels),
  state: metrics.gauge('resonant_history_state', '1 for the state that the partition is in', [...labels, 'state']),
});
