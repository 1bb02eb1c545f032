import type { StackEnv } from '@resonant/local';
import { dockerAnswers, startContainers } from './containers.ts';

const names = ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'REDIS_URL'] as const;

/** Where the parts are. */
export type PartsEnv = Pick<StackEnv, (typeof names)[number]>;

/** Kafka, the schema registry and Redis for a test, wherever they run. */
export interface Parts {
  readonly env: PartsEnv;
  /** Which of the two it is; for messages. */
  readonly from: 'containers' | 'local stack';
  stop(): Promise<void>;
}

/** What the choice depends on; tests of the choice hand in their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  dockerAnswers(): Promise<boolean>;
  startContainers(): Promise<{ readonly env: PartsEnv; stop(): Promise<void> }>;
}

/**
 * For tests that prefer containers of their own: containers when a Docker daemon answers, else the local stack that
 * `npm test` has started and named in the environment. Rejects with what to do if there is neither; never skips.
 */
export async function parts(
  surroundings: Surroundings = { env: process.env, dockerAnswers, startContainers },
): Promise<Parts> {
  if (await surroundings.dockerAnswers()) return { ...(await surroundings.startContainers()), from: 'containers' };
  const missing = names.filter((name) => !surroundings.env[name]);
  if (missing.length > 0) {
    throw new Error(
      `No Docker daemon answers, and ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not set: ` +
        'run the test with "npm test -- PATTERN", which starts a local stack.',
    );
  }
  const [KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL] = names.map((name) => surroundings.env[name] as string) as [
    string,
    string,
    string,
  ];
  return { env: { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL }, from: 'local stack', stop: async () => undefined };
}
