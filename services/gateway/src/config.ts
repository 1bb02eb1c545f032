import { commaList, commonConfig, redisUrl, wholeNumber } from '@resonant/service';
import { z } from 'zod';

/** What the gateway reads from the environment; every default is in this literal. */
export const configSchema = z.object({
  ...commonConfig,
  REDIS_URL: redisUrl(),
  CLICKHOUSE_URL: z
    .url({ protocol: /^https?$/, error: 'expected a URL' })
    .optional()
    .meta({ description: 'ClickHouse over HTTP, for POST /v1/query and what is older than memory; none = without' }),
  CLICKHOUSE_USER: z.string().min(1).default('analyst').meta({ description: 'user that only reads' }),
  CLICKHOUSE_PASSWORD: z.string().default('').meta({ description: 'its password', secret: true }),
  ALLOWED_ORIGINS: commaList()
    .default([])
    .meta({ description: 'origins of browsers that may connect, e.g. https://console.example' }),
  RESONANT_CLOCK: z
    .enum(['wall', 'log'])
    .default('wall')
    .meta({ description: 'what acknowledgements take as their instant: the wall clock or the last tick' }),
  MAX_CONNECTIONS: wholeNumber(1, 100_000).default(10_000).meta({ description: 'streams that may be open at once' }),
  HOT_RING_BYTES: wholeNumber(1024)
    .default(32 << 20)
    .meta({ description: 'newest alerts that are held in memory for streams, in bytes' }),
  ALERT_INDEX_TRANSITIONS: wholeNumber(100)
    .default(200_000)
    .meta({ description: 'newest transitions that GET /v1/alerts knows' }),
  TOUCHPOINT_INDEX_EVENTS: wholeNumber(100)
    .default(100_000)
    .meta({ description: 'newest touchpoints that GET /v1/touchpoints finds' }),
});

export type Config = z.output<typeof configSchema>;
