import { type ClickHouse, connectClickHouse } from '@resonant/clickhouse';
import { ResonantError } from '@resonant/contracts';
import type { Component } from '@resonant/service';
import type { Config } from '../config.ts';

/** ClickHouse as the gateway reads it; throws `history-unavailable` where none is configured. */
export type History = () => ClickHouse;

/**
 * Connects as the user who only reads. The gateway serves alerts without it, so nothing here keeps it from starting or
 * from being ready; a request that needs it hears `history-unavailable`.
 */
export const historyComponent = (config: Config): Component<History> => ({
  name: 'history',
  start: async () => {
    const { CLICKHOUSE_URL: url, CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password } = config;
    if (url === undefined) {
      const none = (): never => {
        throw new ResonantError('history-unavailable', 'no ClickHouse is configured here: CLICKHOUSE_URL is not set');
      };
      return { value: none, stop: async () => undefined };
    }
    const clickHouse = connectClickHouse({ url, user, password, application: 'resonant-gateway', connections: 16 });
    return { value: () => clickHouse, stop: () => clickHouse.close() };
  },
});
