import { commonConfig, redisUrl, wholeNumber } from '@resonant/service';
import { z } from 'zod';

/** `id=secret` pairs separated by commas → secrets by endpoint id. */
const endpointSecrets = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== '')
      .map((pair): [string, string] => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)]),
  )
  .refine(
    (pairs) => pairs.every(([id, secret]) => /^[\w.-]{1,128}$/.test(id) && secret.length >= 8 && secret !== id),
    'expected endpoint=secret pairs separated by commas, each secret with 8 characters or more',
  )
  .transform((pairs): ReadonlyMap<string, string> => new Map(pairs));

/** Everything services/ingest is told; every default is in this literal. */
export const configSchema = z.object({
  ...commonConfig,
  REDIS_URL: redisUrl(),
  GITHUB_WEBHOOK_SECRETS: endpointSecrets
    .default(new Map())
    .meta({ description: 'secrets of GitHub endpoints: endpoint=secret,…', secret: true }),
  RATE_LIMIT_PER_SECOND: wholeNumber(1, 1_000_000)
    .default(2000)
    .meta({ description: 'events a second that each key may send' }),
  PRODUCE_TIMEOUT_MS: wholeNumber(100, 60_000)
    .default(5000)
    .meta({ description: 'how long a request waits for Kafka before it gets 503' }),
  MAX_UNDER_WAY: wholeNumber(1, 1_000_000)
    .default(5000)
    .meta({ description: 'events that may wait for Kafka at once' }),
});

export type Config = z.output<typeof configSchema>;
