import { type ClickHouse, eraseAgain, rememberErased } from '@resonant/clickhouse';
import { type Log, publishedErasures } from '@resonant/kafka';
import type { Component, Logger } from '@resonant/service';
import type { Config } from './config.ts';

/**
 * Makes ClickHouse know whom history has erased before anything is written: after a restore of a backup that is older, or
 * in a database that was made anew, it does not. Rows of theirs that came back with such a backup are removed.
 */
export const erasuresComponent = (options: {
  readonly log: Log;
  readonly clickHouse: ClickHouse;
  readonly config: Pick<Config, 'CLICKHOUSE_FAMILY'>;
  readonly logger: Logger;
}): Component<null> => ({
  name: 'erasures',
  start: async () => {
    const { log, clickHouse, config, logger } = options;
    const erasures = await publishedErasures(log);
    const unknown = await rememberErased(clickHouse, erasures, config.CLICKHOUSE_FAMILY);
    if (unknown > 0) await eraseAgain(clickHouse, erasures, config.CLICKHOUSE_FAMILY);
    if (erasures.length > 0) logger.info({ parts: erasures.length, unknown }, 'erased persons are known');
    return { value: null, stop: async () => undefined };
  },
});
