import { batchLimits, engineFamilies } from '@resonant/clickhouse';
import { topics } from '@resonant/contracts';
import { commonConfig, instanceId, wholeNumber } from '@resonant/service';
import { z } from 'zod';

/** Consumer group of all topics that history keeps. */
export const group = 'resonant-history';

const mebibyte = 1 << 20;

/** `topic=epoch` by commas. */
const epochs = () =>
  z
    .string()
    .regex(/^$|^[a-z.-]+(\.v\d+)=\d{1,9}(,[a-z.-]+(\.v\d+)=\d{1,9})*$/, 'expected topic=number, separated by commas')
    .transform(
      (text) =>
        new Map(text === '' ? [] : text.split(',').map((entry) => entry.split('=') as [string, string])) as ReadonlyMap<
          string,
          string
        >,
    )
    .refine(
      (entries) => [...entries.keys()].every((topic) => topics.some(({ name }) => name === topic)),
      'expected topics of the catalogue',
    )
    .transform((entries) => new Map([...entries].map(([topic, epoch]) => [topic, Number(epoch)])));

/** What this service reads from the environment. */
export const configSchema = z.object({
  ...commonConfig,
  RESONANT_INSTANCE_ID: instanceId(),
  CLICKHOUSE_URL: z
    .url({ protocol: /^https?$/, error: 'expected a URL' })
    .meta({ description: 'ClickHouse over HTTP' }),
  CLICKHOUSE_USER: z.string().min(1).default('writer').meta({ description: 'user that may write' }),
  CLICKHOUSE_PASSWORD: z.string().default('').meta({ description: 'its password', secret: true }),
  CLICKHOUSE_FAMILY: z
    .enum(engineFamilies)
    .default('server')
    .meta({ description: 'embedded: the engine of the local stack; cluster: replicated tables' }),
  HISTORY_MIGRATIONS: z.enum(['run', 'verify']).default('verify').meta({
    description: 'run: brings the schema to this release at start; verify: refuses to start if it is another',
  }),
  HISTORY_EPOCHS: epochs()
    .prefault('')
    .meta({ description: 'topic=number,…: how often a topic was made anew on purpose; default 0 for each' }),
  HISTORY_BATCH_MS: wholeNumber(10, 60_000)
    .optional()
    .meta({ description: 'age at which a batch is stored, ms; default 500 embedded, 1000 else' }),
  HISTORY_SEAL_KEY: z
    .string()
    .default('')
    .meta({ description: 'file of the Ed25519 private key, PEM, that seals each hour; empty: nothing is sealed' }),
  HISTORY_MEMORY_MB: wholeNumber(16, 65_536)
    .default(128)
    .meta({ description: 'what may be read and not yet stored, of all partitions together, MiB' }),
});

export type Config = z.output<typeof configSchema>;

/** How much is stored at once, and how much is held. */
export function limitsOf(config: Config) {
  const batch = batchLimits[config.CLICKHOUSE_FAMILY === 'embedded' ? 'embedded' : 'server'];
  return {
    batch: { ...batch, ageMs: config.HISTORY_BATCH_MS ?? batch.ageMs },
    bufferBytes: 2 * batch.bytes,
    memoryBytes: config.HISTORY_MEMORY_MB * mebibyte,
  };
}
