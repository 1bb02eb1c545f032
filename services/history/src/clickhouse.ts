import { setTimeout as sleep } from 'node:timers/promises';
import { type ClickHouse, connectClickHouse, errorClassOf, migrate, type PendingStatement } from '@resonant/clickhouse';
import { ResonantError } from '@resonant/contracts';
import { type Component, type Logger, probe } from '@resonant/service';
import type { Config } from './config.ts';

const startWithinMs = 20_000;
const tryEveryMs = 500;

/** A connection as the user that writes. */
export const connectWriter = (config: Config): ClickHouse =>
  connectClickHouse({
    url: config.CLICKHOUSE_URL,
    user: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    application: 'resonant-history',
  });

/** ClickHouse with the schema of this release; not ready while it does not answer. */
export const clickHouseComponent = (config: Config, logger: Logger): Component<ClickHouse> => ({
  name: 'ClickHouse',
  start: async () => {
    const clickHouse = connectWriter(config);
    try {
      await rideOver(() => prepareSchema(clickHouse, config, logger));
    } catch (error) {
      await clickHouse.close();
      throw error;
    }
    const watched = probe('ClickHouse', () => clickHouse.ping());
    const stop = async (): Promise<void> => {
      watched.stop();
      await clickHouse.close();
    };
    return { value: clickHouse, ready: watched.reason, stop };
  },
});

/**
 * Runs the migrations, or rejects with `history-schema` unless the schema is that of this release, saying whether it is
 * older or newer and what to do.
 */
export async function prepareSchema(clickHouse: ClickHouse, config: Config, logger: Logger): Promise<void> {
  const isDryRun = config.HISTORY_MIGRATIONS === 'verify';
  const pending = await migrate(clickHouse, config.CLICKHOUSE_FAMILY, { isDryRun });
  if (isDryRun) refuseOlder(pending);
  else if (pending.length > 0) logger.info({ statements: pending.length }, 'schema brought to this release');
}

function refuseOlder(pending: readonly PendingStatement[]): void {
  const [next] = pending;
  if (next === undefined) return;
  throw new ResonantError(
    'history-schema',
    `the schema is older than this release: ${pending.length} statements are not done, the first is statement ` +
      `${next.statement} of ${next.name}. Run resonant history migrate, or set HISTORY_MIGRATIONS=run`,
  );
}

/** An engine that has just started answers in a moment. */
async function rideOver(work: () => Promise<void>): Promise<void> {
  for (let leftMs = startWithinMs; ; leftMs -= tryEveryMs) {
    try {
      return await work();
    } catch (error) {
      if (errorClassOf(error) !== 'transient' || leftMs <= 0) throw error;
    }
    await sleep(tryEveryMs);
  }
}

/** Rejects, saying what is wrong, unless ClickHouse answers to this user with the schema of this release. */
export async function checkClickHouse(config: Config): Promise<void> {
  const clickHouse = connectWriter(config);
  try {
    const pending = await migrate(clickHouse, config.CLICKHOUSE_FAMILY, { isDryRun: true });
    if (config.HISTORY_MIGRATIONS === 'verify') refuseOlder(pending);
  } finally {
    await clickHouse.close();
  }
}
