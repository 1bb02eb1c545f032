import { type ClickHouse, countErasedKeys, eraseAgain, rememberErased } from '@resonant/clickhouse';
import { erasuresTopic } from '@resonant/contracts';
import { type DamagedErasure, type Log, publishedErasures } from '@resonant/kafka';
import type { Component, GaugeMetric, Logger, Metrics } from '@resonant/service';
import type { Config } from './config.ts';
import { putAside } from './damaged-erasures.ts';
import type { StreamMetrics } from './stream-metrics.ts';

/** How often the topic is read while nothing seems to have changed. */
const readEveryMs = 3_600_000;

/** What was published of erasures, as it was read last. */
export interface PublishedStanding {
  /** Parts that can be read. */
  readonly parts: number;
  readonly damaged: readonly DamagedErasure[];
}

export interface ErasuresOptions {
  readonly log: Log;
  readonly clickHouse: ClickHouse;
  readonly config: Pick<Config, 'CLICKHOUSE_FAMILY'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly streams: Pick<StreamMetrics, 'putAside'>;
  /** Epoch ms. */
  readonly now: () => number;
}

/** The instrument of what was published of erasures. */
export const damagedGauge = (metrics: Metrics): GaugeMetric<never> =>
  metrics.gauge('resonant_history_damaged_erasures', 'records of resonant.erasures.v1 that cannot be read');

/**
 * Keeps ClickHouse knowing whom history has erased: after a restore of a backup that is older, or in a database that was
 * made anew, it does not. Rows of theirs that came back with such a backup are removed. What cannot be read is put aside
 * and told, and keeps nothing else from being remembered.
 */
export class Erasures {
  readonly #options: ErasuresOptions;
  readonly #gauge: GaugeMetric<never>;
  #standing: PublishedStanding = { parts: 0, damaged: [] };
  /** Keys that ClickHouse had at the last look: they only become more. */
  #nKeys = 0;
  #readAt = 0;
  #isSuspected = false;
  /** A restore may go on while rows are removed: at the next reading they are looked for once more. */
  #wasRestored = false;

  constructor(options: ErasuresOptions) {
    this.#options = options;
    this.#gauge = damagedGauge(options.metrics);
  }

  get standing(): PublishedStanding {
    return this.#standing;
  }

  /** Something hints at a restore, such as a ledger that moved back; the next look finds out. */
  suspectRestore(): void {
    this.#isSuspected = true;
  }

  get isSuspected(): boolean {
    return this.#isSuspected;
  }

  /** Has ClickHouse know all that was published; rows are removed if something of it was unknown. */
  async start(): Promise<void> {
    await this.#bring(false);
    const { parts } = this.#standing;
    if (parts > 0) this.#options.logger.info({ parts }, 'erased persons are known');
  }

  /**
   * Finds out whether ClickHouse was restored by other means than `resonant history restore`, cheaply, and if so does what
   * a start does. Beside inserts it is as sound as an erasure is. Rejects as log and ClickHouse do: look again later.
   */
  async look(): Promise<void> {
    const { clickHouse, logger, now } = this.#options;
    const nKeys = await countErasedKeys(clickHouse);
    const isRestored = this.#isSuspected || nKeys < this.#nKeys;
    const isDue = now() - this.#readAt >= readEveryMs;
    if (!isRestored && !isDue) {
      this.#nKeys = nKeys;
      return;
    }
    if (isRestored) logger.warn({ keys: nKeys, before: this.#nKeys }, 'history may have been restored: erasing again');
    this.#isSuspected = false;
    try {
      await this.#bring(isRestored || this.#wasRestored);
      this.#wasRestored = isRestored;
    } catch (error) {
      this.#isSuspected ||= isRestored;
      throw error;
    }
  }

  async #bring(isRestored: boolean): Promise<void> {
    const { log, clickHouse, config, logger, streams, now } = this.#options;
    const at = now();
    const { erasures, damaged } = await publishedErasures(log);
    const unknown = await rememberErased(clickHouse, erasures, config.CLICKHOUSE_FAMILY);
    if (isRestored || unknown > 0) await eraseAgain(clickHouse, erasures, config.CLICKHOUSE_FAMILY);
    if (unknown > 0) logger.warn({ keys: unknown }, 'history did not know of erasures: their rows are removed');
    for (const { record } of await putAside(log, clickHouse, damaged, at)) streams.putAside(record);
    this.#gauge.set({}, damaged.length);
    for (const one of damaged) tell(logger, one);
    this.#standing = { parts: erasures.length, damaged };
    this.#nKeys = await countErasedKeys(clickHouse);
    this.#readAt = at;
  }
}

/** Started once ClickHouse knows of every erasure. */
export const erasuresComponent = (options: ErasuresOptions): Component<Erasures> => ({
  name: 'erasures',
  start: async () => {
    const erasures = new Erasures(options);
    await erasures.start();
    return { value: erasures, degraded: () => lacking(erasures.standing), stop: async () => undefined };
  },
});

function lacking({ damaged }: PublishedStanding): string | undefined {
  if (damaged.length === 0) return undefined;
  const places = damaged.slice(0, 3).map(({ record }) => `${record.partition}/${record.offset}`);
  const which = `${places.join(', ')}${damaged.length > places.length ? ', …' : ''}`;
  return `${damaged.length} of ${erasuresTopic} cannot be read (partition/offset ${which}): whom they name is written again, see the log`;
}

function tell(logger: Logger, { record, reason, detail }: DamagedErasure): void {
  const { topic, partition, offset } = record;
  const what = { topic, partition, offset, reason, detail };
  if (reason === 'unknown-record-type') {
    logger.error(what, 'an erasure is of a newer release: whom it names is written until this one is upgraded');
    return;
  }
  logger.error(
    what,
    'an erasure cannot be read and is kept as a dead letter: whom it names is written again. Erase them anew with ' +
      'resonant history erase --remember, then write a tombstone under the key of the record',
  );
}
