import { type ClickHouse, eraseAgain, rememberErased } from '@resonant/clickhouse';
import { erasuresTopic } from '@resonant/contracts';
import { type DamagedErasure, type Log, publishedErasures } from '@resonant/kafka';
import type { Component, GaugeMetric, Logger, Metrics } from '@resonant/service';
import type { Config } from './config.ts';
import { putAside } from './damaged-erasures.ts';
import type { StreamMetrics } from './stream-metrics.ts';

/** What was published of erasures, as it was read last. */
export interface PublishedStanding {
  /** Parts that can be read. */
  readonly parts: number;
  readonly damaged: readonly DamagedErasure[];
}

/** The instrument of what was published of erasures. */
export const damagedGauge = (metrics: Metrics): GaugeMetric<never> =>
  metrics.gauge('resonant_history_damaged_erasures', 'records of resonant.erasures.v1 that cannot be read');

/**
 * Makes ClickHouse know whom history has erased before anything is written: after a restore of a backup that is older, or
 * in a database that was made anew, it does not. Rows of theirs that came back with such a backup are removed. What
 * cannot be read is put aside and told, and keeps nothing else from being remembered.
 */
export const erasuresComponent = (options: {
  readonly log: Log;
  readonly clickHouse: ClickHouse;
  readonly config: Pick<Config, 'CLICKHOUSE_FAMILY'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly streams: Pick<StreamMetrics, 'putAside'>;
  /** Epoch ms. */
  readonly now: () => number;
}): Component<PublishedStanding> => ({
  name: 'erasures',
  start: async () => {
    const { log, clickHouse, config, logger, streams, now } = options;
    const gauge = damagedGauge(options.metrics);
    const { erasures, damaged } = await publishedErasures(log);
    const unknown = await rememberErased(clickHouse, erasures, config.CLICKHOUSE_FAMILY);
    if (unknown > 0) await eraseAgain(clickHouse, erasures, config.CLICKHOUSE_FAMILY);
    if (erasures.length > 0) logger.info({ parts: erasures.length, unknown }, 'erased persons are known');
    for (const { record } of await putAside(log, clickHouse, damaged, now())) streams.putAside(record);
    gauge.set({}, damaged.length);
    for (const one of damaged) tell(logger, one);
    const degraded = damaged.length === 0 ? undefined : lacking(damaged);
    return { value: { parts: erasures.length, damaged }, degraded: () => degraded, stop: async () => undefined };
  },
});

const lacking = (damaged: readonly DamagedErasure[]): string => {
  const places = damaged.slice(0, 3).map(({ record }) => `${record.partition}/${record.offset}`);
  const which = `${places.join(', ')}${damaged.length > places.length ? ', …' : ''}`;
  return `${damaged.length} of ${erasuresTopic} cannot be read (partition/offset ${which}): whom they name is written again, see the log`;
};

const tell = (logger: Logger, { record, reason, detail }: DamagedErasure): void => {
  const { topic, partition, offset } = record;
  const what = { topic, partition, offset, reason, detail };
  if (reason === 'unknown-record-type') {
    logger.error(what, 'an erasure is of a newer release: whom it names is written until this one is upgraded');
    return;
  }
  logger.error(
    what,
    'an erasure cannot be read and is kept as a dead letter: whom it names is written again. Erase them anew with ' +
      'resonant history erase, then write a tombstone under the key of the record',
  );
};
