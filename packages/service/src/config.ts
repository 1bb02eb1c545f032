import { ResonantError } from '@resonant/contracts';
import { z } from 'zod';

/** The environment as a service sees it. */
export type Env = Readonly<Record<string, string | undefined>>;

/** A whole number between `min` and `max`, as environment variables carry it. */
export const wholeNumber = (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected a number from ${min} to ${max}`);

/** A comma-separated list with at least one entry. */
export const commaList = () =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine((parts) => parts.length > 0, 'expected at least one entry, separated by commas');

const url = (protocols: RegExp) => z.url({ protocol: protocols, error: 'expected a URL' });

/** A Redis address; may hold a password, so it is never printed. */
export const redisUrl = () =>
  url(/^rediss?$/).meta({ description: 'Redis, e.g. redis://127.0.0.1:6379', secret: true });

/** What every service is told; spread it into the service's own zod object. Every default is in this literal. */
export const commonConfig = {
  KAFKA_BROKERS: commaList().meta({ description: 'Kafka bootstrap servers, host:port separated by commas' }),
  SCHEMA_REGISTRY_URL: url(/^https?$/).meta({ description: 'Confluent-compatible schema registry' }),
  HOST: z.string().min(1).default('127.0.0.1').meta({ description: 'address to listen on' }),
  PORT: wholeNumber(0, 65_535).meta({ description: 'port to listen on; 0 = any free one' }),
  READINESS: z.enum(['required', 'strict']).default('required').meta({
    description: 'strict: /readyz answers 503 also while something is away that the service can do without',
  }),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .meta({ description: 'least level that is logged' }),
};

/**
 * Id of a process among those of its service that run at once; kept over restarts (a pod's name in a StatefulSet). The
 * characters are those that Kafka takes as `group.instance.id`.
 */
export const instanceId = () =>
  z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, 'expects 1 to 249 letters, digits, dots, underscores or hyphens')
    .optional()
    .meta({
      description:
        'id of this process, its own among those that run at once: started again, it takes its partitions back at once',
    });

/**
 * Reads a configuration from the environment. An empty variable counts as missing. Throws `invalid-configuration` with
 * every problem in one message; values are never part of it, since they may be secrets.
 *
 * @example const config = loadConfig(z.object({ ...commonConfig, REDIS_URL: redisUrl() }), process.env);
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: Env): z.output<S> {
  const given = Object.fromEntries(
    Object.keys(schema.shape)
      .map((name) => [name, env[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.') || 'configuration';
    return Object.hasOwn(given, String(issue.path[0])) || issue.path.length === 0
      ? `${name}: ${issue.message}`
      : `${name}: is missing (${descriptionOf(schema, name)})`;
  });
  throw new ResonantError('invalid-configuration', problems.join('\n'), { extra: { problems } });
}

/** One line per variable: name, description, default. For `--help`. */
export function describeConfig(schema: z.ZodObject): string {
  const names = Object.keys(schema.shape);
  const width = Math.max(...names.map((name) => name.length));
  return names
    .map((name) => `  ${name.padEnd(width)}  ${descriptionOf(schema, name)}${defaultOf(schema, name)}`)
    .join('\n');
}

const descriptionOf = (schema: z.ZodObject, name: string): string =>
  metaOf(schema, name)?.description ?? 'no description';

const metaOf = (schema: z.ZodObject, name: string): z.core.GlobalMeta | undefined => {
  let type: unknown = schema.shape[name];
  while (type instanceof z.ZodType) {
    const meta = type.meta();
    if (meta !== undefined) return meta;
    type = type instanceof z.ZodOptional || type instanceof z.ZodDefault ? type.unwrap() : undefined;
  }
  return undefined;
};

function defaultOf(schema: z.ZodObject, name: string): string {
  const type = schema.shape[name];
  if (type?.safeParse(undefined).success !== true) return '';
  const value = type instanceof z.ZodDefault ? type.def.defaultValue : undefined;
  if (value === undefined) return ' (optional)';
  return metaOf(schema, name)?.secret === true ? ' (has a default)' : ` (default ${String(value)})`;
}
